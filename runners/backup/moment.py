"""Reading one object in one moment, while everything goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from redis.exceptions import WatchError

from runners.engine.errors import Conflict
from runners.engine.store.connection import Store

TRIES = 100
Read = TypeVar("Read")


def in_one_moment(store: Store, name: str, keys: Sequence[str], read: Callable[[Store], Read]) -> Read:
    """Return what `read` finds in a moment in which none of `keys` changes: it is read again until that is so.

    Raises Conflict when the object never stands still, and redis.RedisError.
    """
    with store.redis.pipeline() as pipe:
        # until `multi`, what is asked of a pipeline that watches is answered at once
        seen: Any = replace(store, redis=pipe)
        for _ in range(TRIES):
            try:
                pipe.watch(*keys)
                found = read(seen)
                pipe.multi()
                pipe.exists(keys[0])
                pipe.execute()
            except WatchError:
                continue
            return found
    raise Conflict(f"{name} changes too fast to be read in one moment; make the backup again")
