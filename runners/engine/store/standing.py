"""Where a queued run stands: what is ahead of it, what is paused, and which workers there are."""

from __future__ import annotations

from runners.engine.custody import Standing
from runners.engine.run import Run
from runners.engine.store import pauses
from runners.engine.store.connection import Store
from runners.engine.store.pools import ahead_of, running_in
from runners.engine.store.processes import list_processes, takers


def read_standing(store: Store, run: Run) -> Standing:
    """Return where `run` stands among those of its pool. A run that is not queued has nothing ahead of it."""
    processes = list_processes(store)
    workers = takers(processes, run.pool)
    return Standing(
        pause=pauses.read(store).of_queue(run.priority),
        ahead=ahead_of(store, run),
        workers=len(workers),
        slots=sum(one.slots for one in workers),
        running=running_in(store, run.pool, processes),
        pool=run.pool,
    )
