"""Typed calls by which schedulers settle who of them leads: who does what one is to do for all.

Nothing may rest on it: a scheduler that sleeps past the end of its time does not know that another one leads.
"""

from __future__ import annotations

from datetime import timedelta

from runners.engine.clock import MILLISECOND
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store


def lead(store: Store, scheduler: str, life: timedelta) -> bool:
    """Lead for so long when nobody else does, or go on; say whether it leads. A new leader is an event. Raises RedisError."""
    return bool(call(store, "lead", scheduler, life // MILLISECOND))


def leave(store: Store, scheduler: str) -> None:
    """Let another one lead at once, if this one does. Raises RedisError."""
    call(store, "lead", scheduler, 0)
