"""The worker pools: how many runs wait in each, and who takes them. A pool is known while runs wait in it or a worker serves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runners.engine.pool import DEFAULT, stored
from runners.engine.run import Run
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.processes import Process, takers


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool: its runs that wait now, and the workers that take them, with all their slots."""

    name: str
    depth: int
    workers: int
    slots: int

    @property
    def unserved(self) -> bool:
        """True when runs wait and no worker of the pool takes any."""
        return self.depth > 0 and not self.workers


def read_pools(store: Store, processes: Iterable[Process]) -> list[Pool]:
    """Return the default pool, and then the others by name; two round trips."""
    processes = list(processes)
    others = _others(store)
    names = sorted({*others, *(one.pool for one in processes if one.takes_runs)} - {DEFAULT})
    pipe = store.redis.pipeline(transaction=False)
    for pool in (DEFAULT, *names):
        for priority in PRIORITIES:
            pipe.zcard(store.keys.pending(priority, pool))
    counts = iter(pipe.execute())
    whole, *depths = [sum(next(counts) for _ in PRIORITIES) for _ in (DEFAULT, *names)]
    own = (max(0, whole - sum(depths)), *depths)
    return [_pool(name, depth, processes) for name, depth in zip((DEFAULT, *names), own, strict=True)]


def ahead_of(store: Store, run: Run) -> int:
    """Return how many runs of its pool a queued run has ahead of it; two round trips, another one where several pools wait."""
    queues = PRIORITIES[: PRIORITIES.index(run.priority)]
    others = [] if stored(run.pool) else _others(store)
    pipe = store.redis.pipeline(transaction=False)
    pipe.zscore(store.keys.pending(run.priority), run.run_id)
    pipe.zrank(store.keys.pending(run.priority, run.pool), run.run_id)
    for priority in queues:
        pipe.zcard(store.keys.pending(priority, run.pool))
    since, place, *before = pipe.execute()
    if place is None:
        return 0
    return max(0, place + sum(before) - (_of_others(store, others, run.priority, queues, since) if others else 0))


def running_in(store: Store, pool: str, processes: Iterable[Process]) -> int:
    """Return how many runs of the pool execute now; one round trip, another one where workers of several pools are online."""
    if {one.pool for one in processes if one.takes_runs} <= {pool}:
        return int(store.redis.zcard(store.keys.leases))
    run_ids: Any = store.redis.zrange(store.keys.leases, 0, -1)
    pipe = store.redis.pipeline(transaction=False)
    for run_id in run_ids:
        pipe.hget(store.keys.run(run_id), "pool")
    return sum((name or DEFAULT) == pool for name in pipe.execute())


def _others(store: Store) -> list[str]:
    found: Any = store.redis.smembers(store.keys.pools)
    return sorted(found)


def _of_others(store: Store, pools: Sequence[str], priority: str, queues: Sequence[str], since: float) -> int:
    """Count what is of other pools, and came before that time or is of the queues that go first."""
    pipe = store.redis.pipeline(transaction=False)
    for pool in pools:
        pipe.zcount(store.keys.pending(priority, pool), "-inf", f"({since:.0f}")
        for queue in queues:
            pipe.zcard(store.keys.pending(queue, pool))
    return int(sum(pipe.execute()))


def _pool(name: str, depth: int, processes: Iterable[Process]) -> Pool:
    workers = takers(processes, name)
    return Pool(name, depth, len(workers), sum(one.slots for one in workers))
