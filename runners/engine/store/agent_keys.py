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
