"""Typed call of spend: how many requests somebody may make, one count for all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from runners.engine.protocol.attempts import digest_of
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

MINUTE_US = 60_000_000
BURST_US = 10_000_000
SHARES_PER_MINUTE = 600


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one caller may ask: once each `step_us`, `room_us` worth of it at once, taken `share` requests at a time."""

    step_us: int
    room_us: int
    share: int

    @staticmethod
    def of(per_minute: int) -> Pace:
        """Return the pace of so many requests a minute, 1 to 60 million: a sixth at once, a tenth of a second's worth a time."""
        step = MINUTE_US // per_minute
        return Pace(step, max(step, BURST_US), max(1, per_minute // SHARES_PER_MINUTE))


@dataclass(frozen=True, slots=True)
class Spent:
    """How many requests the caller may make now, and how long until there is one when there is none."""

    taken: int
    wait: timedelta


def spend(store: Store, caller: str, pace: Pace) -> Spent:
    """Take a share of what `caller` may ask for. Raises redis.RedisError: then nothing was counted, as far as is known."""
    taken, wait_us = call(store, "spend", digest_of("token", caller), pace.share, pace.step_us, pace.room_us)
    return Spent(int(taken), timedelta(microseconds=int(wait_us)))
