"""Where a queued run stands: what is ahead of it, what is paused, and which workers there are."""

from __future__ import annotations

from runners.engine.custody import Standing
from runners.engine.run import Run
from runners.engine.store import pauses
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.processes import list_processes


def read_standing(store: Store, run: Run) -> Standing:
    """Return where `run` stands; a fixed number of round trips. A run that is not queued has nothing ahead of it."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.zrank(store.keys.pending(run.priority), run.run_id)
    pipeline.zcard(store.keys.leases)
    for priority in PRIORITIES[: PRIORITIES.index(run.priority)]:
        pipeline.zcard(store.keys.pending(priority))
    place, running, *before = pipeline.execute()
    workers = [one for one in list_processes(store) if one.takes_runs]
    return Standing(
        pause=pauses.read(store).of_queue(run.priority),
        ahead=0 if place is None else place + sum(before),
        workers=len(workers),
        slots=sum(one.slots for one in workers),
        running=running,
    )
