"""Whether somebody looks at what is due, and whether the store would let them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from runners.engine import clock
from runners.engine.store.away import is_full
from runners.engine.store.connection import Store

PROBE_LIFE_MS = 10_000


def last_tick(store: Store) -> datetime:
    """Return when a scheduler last ticked; the epoch when none has yet, or the note cannot be read."""
    last: Any = store.redis.hget(store.keys.ticks, "last") or ""
    return clock.from_ms(int(last) if last.isdecimal() else 0)


def takes_nothing_new(store: Store) -> bool:
    """Say whether the store is full: found out by a write, because a full one answers everything else."""
    try:
        store.redis.set(store.keys.probe, "ready", px=PROBE_LIFE_MS)
    except RedisError as error:
        return is_full(error)
    return False
