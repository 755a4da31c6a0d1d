"""How long runs waited and took, and how many ended, over the last hour and the last day: told by what lies between two rows.

Rows hold what the counters said (`spread.lua`); a counter that fell was begun anew, and what lies before it is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from runners.engine import clock
from runners.engine.store.connection import Store

MINUTE, QUARTER = 60, 900
SPANS = {MINUTE: timedelta(hours=1), QUARTER: timedelta(days=1)}
"""How far back is told by each step."""
EDGES_MS = tuple(4**power for power in range(12))
"""The buckets of `metrics`: above the one before, and at most this long; the last holds all longer ones too."""
Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Half were at most `p50`, and 95 of 100 at most `p95`: read between the edges of a bucket, so about right."""

    p50: timedelta
    p95: timedelta


@dataclass(frozen=True, slots=True)
class Spread:
    """A stretch of time: how many runs ended in it, and how long they waited and took; None where none did."""

    start_at: datetime
    end_at: datetime
    success: int
    failed: int
    cancelled: int
    duration: Quantiles | None
    wait: Quantiles | None


@dataclass(frozen=True, slots=True)
class Row:
    """What the counters said at a moment."""

    at: datetime
    ended: Counts
    durations: Counts
    waits: Counts


@dataclass(frozen=True, slots=True)
class Spreads:
    """The stretches of some time, oldest first, and what they are together; None before two rows were kept."""

    stretches: tuple[Spread, ...]
    whole: Spread | None


def spreads(store: Store, step_sec: int) -> Spreads:
    """Return the last hour by minutes (step MINUTE) or the last day by quarters of an hour (QUARTER); one round trip.

    Rows are kept while a scheduler runs; older ones stay, and are not told.
    """
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.lrange(store.keys.spreads(step_sec), 0, -1)
    pipeline.time()
    found, time = pipeline.execute()
    since = store.time_of(time) - SPANS[step_sec] - timedelta(seconds=step_sec)
    rows = [row for text in reversed(found) if (row := read_row(text)) and row.at >= since]
    stretches = tuple(spread for before, after in pairwise(rows) if (spread := between(before, after)))
    return Spreads(stretches, between(rows[0], rows[-1]) if rows else None)


def read_row(text: str) -> Row | None:
    """Return what a row says, None for one that cannot be read."""
    try:
        at, *ended, durations, waits = text.split("|")
        numbers = tuple(map(int, ended)), _counts(durations), _counts(waits)
        return Row(clock.from_ms(int(at)), *numbers) if len(ended) == 3 else None
    except (ValueError, OverflowError):
        return None


def between(before: Row, after: Row) -> Spread | None:
    """Return what happened between two rows; None when a counter or the clock went back."""
    pairs = [(before.ended, after.ended), (before.durations, after.durations), (before.waits, after.waits)]
    ended, durations, waits = (tuple(b - a for a, b in zip(*pair, strict=True)) for pair in pairs)
    if before.at >= after.at or min(*ended, *durations, *waits) < 0:
        return None
    return Spread(before.at, after.at, ended[0], ended[1], ended[2], quantiles(durations), quantiles(waits))


def quantiles(counts: Sequence[int]) -> Quantiles | None:
    """Return the quantiles of what was counted in the buckets; None for nothing."""
    if not sum(counts):
        return None
    return Quantiles(_quantile(counts, 0.5), _quantile(counts, 0.95))


def _quantile(counts: Sequence[int], share: float) -> timedelta:
    """Walk to the bucket, and read within it as if its runs lay evenly on a scale of ratios."""
    wanted, passed = share * sum(counts), 0
    for edge, count in zip(EDGES_MS, counts, strict=True):
        if count and passed + count >= wanted:
            within = (wanted - passed) / count
            return timedelta(milliseconds=within if edge == 1 else edge / 4 * 4**within)
        passed += count
    return timedelta(milliseconds=EDGES_MS[-1])


def _counts(text: str) -> Counts:
    counts = tuple(map(int, text.split(",")))
    if len(counts) != len(EDGES_MS):
        raise ValueError(text)
    return counts
