"""Typed call of attempt: how many wrong credentials came from somewhere, one count for all processes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from runners.engine.clock import MILLISECOND
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many there are in this window, and when it ends."""

    count: int
    left: timedelta


def count_attempt(store: Store, kind: str, who: str, window: timedelta) -> Attempts:
    """Count one wrong credential of `kind` from `who` (an address, a name). The window begins with its first one.

    Raises redis.RedisError: what cannot be counted must not be tried.
    """
    found, left_ms = call(store, "attempt", digest_of(kind, who), window // MILLISECOND)
    return Attempts(int(found), timedelta(milliseconds=max(0, int(left_ms))))


def forget_attempts(store: Store, kind: str, who: str) -> None:
    """Count anew: the last one was right."""
    store.redis.delete(store.keys.attempts(digest_of(kind, who)))


def digest_of(kind: str, who: str) -> str:
    """Return by what the counts of `who` are kept: whatever he is called, no more than that."""
    return f"{kind}:{hashlib.sha256(who.encode(errors='surrogatepass')).hexdigest()[:32]}"
