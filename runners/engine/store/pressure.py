"""Pressure: since when, what it holds back, and how fast the queue is worked off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runners.engine.run import at
from runners.engine.store.blocking import ended_per_minute
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Pressure:
    """Whether pressure mode is on, and since when it is so (None: it never was on).

    `held` counts the jobs whose slot it holds; `first_held` names those that go first. `rate` is how many runs ended
    per minute of late; `clears_in` is how long the backlog takes at that rate, None when nothing ends.
    """

    on: bool
    since: datetime | None
    depth: int
    high: int
    low: int
    held: int
    first_held: tuple[str, ...]
    rate: float
    clears_in: timedelta | None


def read(store: Store, high: int, low: int) -> Pressure:
    """Return the pressure now, between these two marks; three round trips."""
    keys = store.keys
    pipe = store.redis.pipeline(transaction=False)
    pipe.hmget(keys.pressure, "on", "since")
    pipe.zcard(keys.waiting("pressure"))
    pipe.zrange(keys.waiting("pressure"), 0, SHOWN - 1)
    for priority in PRIORITIES:
        pipe.zcard(keys.pending(priority))
    answers: list[Any] = pipe.execute()
    (on, since), held, first, *depths = answers
    rate = ended_per_minute(store)
    depth = sum(depths)
    clears_in = timedelta(minutes=depth / rate) if rate else None if depth else timedelta()
    return Pressure(on == "1", at(since), depth, high, low, held, tuple(first), rate, clears_in)
