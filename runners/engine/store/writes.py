"""The writes that make one key of a store again elsewhere: what the rooms `*copies.py` are built of. Values are text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from runners.engine.store.connection import Store

Write = tuple[str, ...]
AT_ONCE = 500
"""Members of one write; Lua unpacks no more than some thousands."""


def again(store: Store, key: str) -> list[Write]:
    """Return the writes that make one key again, with the time that it has left; none when there is no such key."""
    redis, kind = store.redis, store.redis.type(key)
    writes: list[Write] = []
    if kind == "string":
        writes = [("SET", key, str(redis.get(key)))]
    elif kind == "hash":
        writes = [hmset(key, fields_of(store, key))]
    elif kind == "list":
        members: Any = redis.lrange(key, 0, -1)
        writes = [("RPUSH", key, *members[at : at + AT_ONCE]) for at in range(0, len(members), AT_ONCE)]
    left: Any = redis.pttl(key)
    return [*writes, ("PEXPIRE", key, str(left))] if left and int(left) > 0 else writes


def placing(store: Store, key: str, member: str) -> list[Write]:
    """Return the write that gives a member its place in a sorted set; none when it has none here."""
    score: Any = store.redis.zscore(key, member)
    return [("ZADD", key, number(score), member)] if score is not None else []


def fields_of(store: Store, key: str) -> dict[str, str]:
    """Return the fields of a hash."""
    fields: Any = store.redis.hgetall(key)
    return dict(fields)


def hmset(key: str, fields: Mapping[str, str]) -> Write:
    """Return the write of all `fields` of a hash."""
    return ("HMSET", key, *chain.from_iterable(fields.items()))


def number(score: Any) -> str:
    """Return a score as whole text."""
    return f"{float(score):.0f}"
