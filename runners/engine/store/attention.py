"""Which jobs and runs deserve a look first, by id: what fails, what is held, what runs, what is due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from runners.engine import clock
from runners.engine.store.connection import Store
from runners.engine.store.held import merged, oldest
from runners.engine.store.keys import LANES

POISON_SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Leading:
    """The first few of each kind: failing by failures, poison by end (newest first), held by slot, running by lease,
    next by time, any by id.
    """

    failing: list[str]
    poison: list[str]
    held: list[str]
    running: list[str]
    next: list[str]
    any: list[str]
    jobs: int


def leading(store: Store, count: int, now: datetime) -> Leading:
    """Return at most `count` of each kind, and how many jobs there are; one round trip."""
    keys, last = store.keys, count - 1
    lately = clock.to_ms(now - POISON_SHOWN_FOR)
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.zrevrange(keys.failing, 0, last)
    pipeline.zrevrangebyscore(keys.poison, "+inf", lately, 0, count)
    pipeline.zrange(keys.leases, 0, last)
    for lane in LANES:
        pipeline.zrange(keys.due(lane), 0, last, withscores=True)
    pipeline.zrange(keys.jobs, 0, last)
    pipeline.zcard(keys.jobs)
    oldest(store, pipeline, count)
    failing, poison, running, critical, regular, first, jobs, *holds = pipeline.execute()
    held = merged(holds, count)
    due = sorted([*critical, *regular], key=lambda pair: pair[1])
    return Leading(failing, poison, held, running, [job_id for job_id, _ in due[:count]], first, jobs)


def due_next(store: Store, count: int) -> list[str]:
    """Return the ids of the `count` jobs that are to be looked at next, in the order of time; one round trip."""
    pipeline = store.redis.pipeline(transaction=False)
    for lane in LANES:
        pipeline.zrange(store.keys.due(lane), 0, count - 1, withscores=True)
    due = sorted((row for rows in pipeline.execute() for row in rows), key=lambda row: row[1])
    return [job_id for job_id, _ in due[:count]]
