"""Figures of the whole deployment: the queue now, the last hour by minutes, depth over time, all-time counters.

`keys.metrics` is written by the protocol's scripts; names are joined by '|':
  runs|<type>|<status>            runs that ended
  duration|<ms>, wait|<ms>        runs whose duration, or wait for a worker, is above the bucket below and at most <ms>
                                  (buckets 1, 4, 16 … 4194304; the last one holds all longer ones too)
  duration_ms, wait_ms            their sums
  decisions|<d, s or m>|<reason>  slots dispatched, skipped (reason: the guard) and missed
  tick|<ms>, tick_ms              the schedulers' ticks, in the same buckets; written by `add`
  retries, lost, stale_results, refused_messages
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.run import at
from runners.engine.store.connection import ModeName, Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.keys import PRIORITIES

MINUTE_MS = 60_000
MINUTES_SHOWN = 60
MOST_COUNTED = 2**63 - 1
"""As far as the store counts; a larger figure was not counted by it."""


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """The queue now. `depth` counts runs that wait for a worker; `delayed` those that wait for their next attempt.

    `oldest_wait` is how long the run at the head has waited, None when none waits. `held` counts jobs whose slot
    a guard holds.
    """

    depth: int
    depth_by_priority: dict[str, int]
    delayed: int
    running: int
    held: int
    pressure_mode: bool
    pressure_since: datetime | None
    oldest_wait: timedelta | None
    mode: ModeName


@dataclass(frozen=True, slots=True)
class Counters:
    """What happened in a stretch of time; `busy_ms` and `wait_ms` are sums over its runs."""

    queued: int
    success: int
    failed: int
    cancelled: int
    held: int
    busy_ms: int
    wait_ms: int


@dataclass(frozen=True, slots=True)
class DepthSample:
    """The queue's depth at one moment, and how long its oldest run had waited; None in samples of older versions."""

    at: datetime
    depth: int
    pressure: bool
    oldest_wait: timedelta | None = None


def queue_facts(store: Store) -> QueueFacts:
    """Return the queue as it is now; two round trips."""
    now, keys = store.now(), store.keys
    pipeline = store.redis.pipeline(transaction=False)
    for key in [keys.retries, keys.leases, keys.held, *(keys.pending(priority) for priority in PRIORITIES)]:
        pipeline.zcard(key)
    for priority in PRIORITIES:
        pipeline.zrange(keys.pending(priority), 0, 0, withscores=True)
    pipeline.hgetall(keys.pressure)
    delayed, running, held, *rest = pipeline.execute()
    depths, heads, pressure = rest[:3], rest[3:6], rest[6]
    return QueueFacts(
        depth=sum(depths),
        depth_by_priority=dict(zip(PRIORITIES, depths, strict=True)),
        delayed=delayed,
        running=running,
        held=held,
        pressure_mode=pressure.get("on") == "1",
        pressure_since=at(pressure.get("since")) if pressure.get("on") == "1" else None,
        oldest_wait=_oldest_wait(now, [int(head[0][1]) for head in heads if head]),
        mode=store.mode.name,
    )


def minutes(store: Store, now: datetime, count: int = MINUTES_SHOWN) -> list[Counters]:
    """Return the counters of the last `count` minutes, the current one included, oldest first; one round trip.

    What is no number counts as 0.
    """
    current = clock.to_ms(now) // MINUTE_MS
    pipeline = store.redis.pipeline(transaction=False)
    for number in range(current - count + 1, current + 1):
        pipeline.hgetall(store.keys.minute(number))
    return [_counters(found) for found in read_hashes(pipeline)]


def total(rows: list[Counters]) -> Counters:
    """Return the sums of some counters."""
    return Counters(*(sum(getattr(row, field.name) for row in rows) for field in fields(Counters)))


def depth_samples(store: Store, count: int) -> list[DepthSample]:
    """Return the newest `count` depth samples that can be read, oldest first; one every 10 s while a scheduler runs."""
    rows: Any = store.redis.lrange(store.keys.depths, 0, count - 1)
    return [found for row in reversed(rows) if (found := depth_sample(row))]


def depths_of_day(store: Store) -> list[DepthSample]:
    """Return for each five minutes of the last day in which a scheduler ran the highest of its samples, oldest first."""
    rows: Any = store.redis.lrange(store.keys.depths_of_day, 0, -1)
    return [found for row in reversed(rows) if (found := depth_sample(row))]


def metrics(store: Store) -> dict[str, int]:
    """Return the all-time counters by the names of the module docstring, without those that are no numbers."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.hgetall(store.keys.metrics)
    (found,) = read_hashes(pipeline)
    return {name: number for name, text in found.items() if (number := counted(text)) is not None}


def _oldest_wait(now: datetime, queued_ms: list[int]) -> timedelta | None:
    if not queued_ms:
        return None
    return max(now - clock.from_ms(min(queued_ms)), timedelta())


def _counters(found: dict[str, str]) -> Counters:
    return Counters(*(counted(found.get(field.name, "")) or 0 for field in fields(Counters)))


def counted(text: str) -> int | None:
    """Return a counter; None for what no counter holds."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) <= MOST_COUNTED else None


def depth_sample(row: str) -> DepthSample | None:
    """Return the sample that a row of `keys.depths` holds, also one of an older version; None for one that cannot be read."""
    try:
        moment, depth, pressure, *waited = row.split("|")
        oldest = timedelta(milliseconds=int(waited[0])) if waited else None
        return DepthSample(clock.from_ms(int(moment)), int(depth), pressure == "1", oldest)
    except (ValueError, OverflowError):
        return None


def add(store: Store, counts: Mapping[str, int]) -> None:
    """Add to the counters of the whole deployment; one round trip."""
    pipeline = store.redis.pipeline(transaction=True)
    for name, number in counts.items():
        pipeline.hincrby(store.keys.metrics, name, number)
    pipeline.execute()
