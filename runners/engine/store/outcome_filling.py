"""The step to the second form: jobs whose last run ended before there was an index of such ends are put into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runners.engine.run import RunStatus
from runners.engine.store.connection import Store
from runners.engine.store.job_index import RANKS, outcome_score

AT_ONCE = 500


def fill_outcomes(store: Store, live: Callable[[], None]) -> None:
    """Rank every job by what its record says of its last end; one that ended since stands there already and stays."""
    names: Any = store.redis.zrange(store.keys.jobs, 0, -1)
    for start in range(0, len(names), AT_ONCE):
        _fill(store, names[start : start + AT_ONCE])
        live()


def _fill(store: Store, job_ids: list[str]) -> None:
    pipe = store.redis.pipeline(transaction=False)
    for job_id in job_ids:
        pipe.hmget(store.keys.job(job_id), "last_status", "last_finished_at")
    for job_id, (status, at) in zip(job_ids, pipe.execute(raise_on_error=False), strict=True):
        if status in RANKS and str(at or "").isdecimal():
            pipe.zadd(store.keys.outcomes, {job_id: outcome_score(RunStatus(status), int(at))}, nx=True)
    pipe.execute()
    _forget_gone(store, job_ids)


def _forget_gone(store: Store, job_ids: list[str]) -> None:
    """Take out those that were deleted in between."""
    pipe = store.redis.pipeline(transaction=False)
    for job_id in job_ids:
        pipe.zscore(store.keys.jobs, job_id)
    gone = [job_id for job_id, place in zip(job_ids, pipe.execute(), strict=True) if place is None]
    if gone:
        store.redis.zrem(store.keys.outcomes, *gone)
