"""Whose turn it is to do what one process is to do for all: an expiring key that saves doing it twice.

Nothing may rest on it: a process that sleeps past the end of its turn does not know that another one has it.
"""

from __future__ import annotations

from runners.engine.store.connection import Store


def has_turn(store: Store, key: str, name: str, life_ms: int) -> bool:
    """Take the turn when nobody has it, keep it when it is `name`'s, and say whether it is. Raises RedisError."""
    if store.redis.set(key, name, nx=True, px=life_ms):
        return True
    if store.redis.get(key) != name:
        return False
    store.redis.pexpire(key, life_ms)
    return True


def give_up(store: Store, key: str, name: str) -> None:
    """Leave the turn to others, if it is `name`'s. Raises RedisError."""
    if store.redis.get(key) == name:
        store.redis.delete(key)
