"""Keys of agents: the journal of a run, and what is remembered from run to run; `keys.py` says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class AgentKeys(Prefixed):
    """Names of the keys of agents."""

    def steps(self, run_id: str) -> str:
        """HASH number → JSON (`agents.step.Step`): the journal of an agent's run; written by `agent_step`."""
        return f"{self.prefix}steps:{run_id}"

    def talk(self, run_id: str) -> str:
        """HASH number → JSON (`agents.step.Talk`): what the model said and was told, while the run goes on; by `agent_step`."""
        return f"{self.prefix}talk:{run_id}"

    def agent(self, agent_key: str) -> str:
        """HASH version, json (`agents.memory.Memory`): what agents remember under one key; by `agent_end`, `agent_late`, `agent_forget`."""
        return f"{self.prefix}agent:{agent_key}"

    @property
    def agents(self) -> str:
        """ZSET agent key → 0: every key under which something is remembered, in order; at most 10 000."""
        return f"{self.prefix}agents"

    @property
    def unremembered(self) -> str:
        """ZSET 'run id|attempt|how it ended' → when: attempts that ended without their handler, until `agent_late` counts them."""
        return f"{self.prefix}agents:unremembered"
