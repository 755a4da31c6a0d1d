"""What the workers have in their hands: runs by worker, bounded, with the count of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.reads import Reads

SHOWN = 400


@dataclass(frozen=True, slots=True)
class Work:
    """One run that a worker executes, and since when; `started_at` is None in a record that does not say it."""

    run_id: str
    job_id: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class AtWork:
    """Runs by the worker that holds them, longest first; `running` counts all, `shown` those that are named here."""

    by_worker: Mapping[str, tuple[Work, ...]]
    running: int
    shown: int


def at_work(store: Store) -> AtWork:
    """Return who holds which run, of at most 400 running ones; two round trips. A record that cannot be read is left out."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.zrange(store.keys.leases, 0, SHOWN - 1)
    pipeline.zcard(store.keys.leases)
    run_ids, running = pipeline.execute()
    reads = Reads(store)
    for run_id in run_ids:
        reads.hmget(store.keys.run(run_id), "worker_id", "job_id", "started_at")
    held: defaultdict[str, list[Work]] = defaultdict(list)
    for run_id, fields in zip(run_ids, reads.execute(raise_on_error=False), strict=True):
        for worker_id, work in _read(run_id, fields):
            held[worker_id].append(work)
    by_worker = {worker_id: tuple(sorted(works, key=_since)) for worker_id, works in held.items()}
    return AtWork(by_worker, running, len(run_ids))


def _read(run_id: str, fields: Any) -> list[tuple[str, Work]]:
    if isinstance(fields, Exception):
        return []
    worker_id, job_id, started = fields
    try:
        return [(worker_id, Work(run_id, job_id, at(started)))] if worker_id and job_id else []
    except ValueError:
        return [(worker_id, Work(run_id, job_id, None))]


def _since(work: Work) -> tuple[float, str]:
    return (work.started_at.timestamp() if work.started_at else 0.0, work.run_id)
