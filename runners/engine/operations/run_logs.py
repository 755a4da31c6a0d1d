"""The log of a run: what its handler wrote, and what its programs printed."""

from __future__ import annotations

from runners.engine.operations.existing import missing_run
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.run_logs import LogPart, read_log


@operation(Role.VIEWER)
def run_log(platform: Platform, actor: Actor, run_id: str, first: int = 0, last: int = -1) -> LogPart:
    """Return the bytes `first` to `last` of the run's log, both included; negative ones count from the end.

    Raises NotFound.
    """
    found = read_log(platform.store, run_id, first, last)
    if found is None:
        raise missing_run(platform.store, run_id)
    return found
