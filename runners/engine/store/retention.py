"""Retention: history is kept up to an age and up to a number, and dropped in small batches; active runs never are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.run import TERMINAL
from runners.engine.store import processes
from runners.engine.store.connection import Store

RUNS_KEPT = 200_000
RUNS_KEPT_FOR = timedelta(days=30)
EVENTS_KEPT = 100_000
EVENTS_SLACK = 1_000
"""Events above `EVENTS_KEPT` before any are dropped, so that a sweep is seldom."""
BATCH = 1_000
OF_A_RUN = ("status", "job_id", "flow_group", "source")


def sweep(store: Store, now: datetime) -> int:
    """Drop what is too old or too much, at most a batch of each kind. Returns how many records went.

    Safe to repeat and to race: terminal states are final, and everything is dropped by name or by age.
    """
    return _sweep_runs(store, now) + _sweep_events(store) + processes.forget(store, now)


def _sweep_runs(store: Store, now: datetime) -> int:
    run_ids = _superfluous(store, now)
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in run_ids:
        pipeline.hmget(store.keys.run(run_id), OF_A_RUN)
    records = zip(run_ids, pipeline.execute(), strict=True)
    ended = [(run_id, fields) for run_id, fields in records if fields[0] is None or fields[0] in TERMINAL]
    for run_id, (status, job_id, flow_group, source) in ended:
        indexes = [("status", status), ("job", job_id), ("flow", flow_group), ("source", source)]
        pipeline.delete(store.keys.run(run_id))
        pipeline.zrem(store.keys.runs, run_id)
        for index, value in indexes:
            if value:
                pipeline.zrem(store.keys.runs_of(index, value), run_id)
    pipeline.execute()
    return len(ended)


def _superfluous(store: Store, now: datetime) -> list[str]:
    """Return the oldest runs, at most a batch, that are older than the age or more than the number kept."""
    too_old = clock.to_ms(now - RUNS_KEPT_FOR)
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.zcard(store.keys.runs)
    pipeline.zrange(store.keys.runs, 0, BATCH - 1, withscores=True)
    known, oldest = pipeline.execute()
    excess = max(0, known - RUNS_KEPT)
    return [run_id for place, (run_id, created) in enumerate(oldest) if place < excess or created < too_old]


def _sweep_events(store: Store) -> int:
    known: Any = store.redis.zcard(store.keys.events)
    if known <= EVENTS_KEPT + EVENTS_SLACK:
        return 0
    superfluous = min(known - EVENTS_KEPT, BATCH * 5)
    oldest: Any = store.redis.zrange(store.keys.events, 0, superfluous - 1)
    last = oldest[-1].partition("|")[0]
    pipeline = store.redis.pipeline(transaction=False)
    for job_id in _jobs_of(oldest):
        pipeline.zremrangebyscore(store.keys.events_of_job(job_id), "-inf", last)
    pipeline.zremrangebyscore(store.keys.events, "-inf", last)
    pipeline.execute()
    return len(oldest)


def _jobs_of(members: Iterable[str]) -> set[str]:
    return {member.split("|", 3)[2] for member in members} - {""}
