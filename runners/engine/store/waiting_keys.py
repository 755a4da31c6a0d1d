"""Keys of flow groups, of pauses, and of what waits for them; the rest is in `keys.py`, which says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class WaitingKeys(Prefixed):
    """Names of the keys of flow groups, waiting sets and pauses under one prefix."""

    # --- flow groups
    def active_of_flow(self, group: str) -> str:
        """SET of the flow group's active runs."""
        return f"{self.prefix}active:flow:{group}"

    def flow_limits(self, group: str) -> str:
        """ZSET job id → the limit it states (enabled members with a limit only), ':group' → the group's own; the lowest holds."""
        return f"{self.prefix}flow:{group}"

    @property
    def flows(self) -> str:
        """ZSET flow group → 0, in the order of names: groups that jobs name, that are paused or have an own limit."""
        return f"{self.prefix}flows"

    def flow_members(self, group: str) -> str:
        """SET of the jobs that name the group, enabled or not; written by `define`."""
        return f"{self.prefix}members:flow:{group}"

    # --- waiting sets: jobs whose slot is held, by blocker; score orders (critical first, then who waits longest)
    def waiting(self, blocker: str) -> str:
        """ZSET job id → order; blocker is pressure, flow:NAME, paused:everything, paused:queue:PRIORITY or paused:flow:NAME.

        waiting:flows is the SET of groups of which a flow:NAME is not empty.
        A slot that a pause of its own job holds needs no set: resuming the job wakes it.
        """
        return f"{self.prefix}waiting:{blocker}"

    @property
    def resumed(self) -> str:
        """ZSET blocker → when it was resumed: pauses that ended, whose waiting sets ticks put back bit by bit."""
        return f"{self.prefix}resumed"

    # --- pauses
    @property
    def suspended(self) -> str:
        """STRING '1' (`rq suspend`) or 'since|by' (`pause`); while it exists everything is paused."""
        return "rq:suspended"

    @property
    def paused(self) -> str:
        """HASH 'queue:PRIORITY', 'flow:NAME', 'drain:WORKER' and 'stop:WORKER' → 'since|by'; written by `pause`."""
        return f"{self.prefix}paused"

    def paused_of(self, kind: str) -> str:
        """ZSET name → since: what is paused, for lists; kind is jobs or flows."""
        return f"{self.prefix}paused:{kind}"
