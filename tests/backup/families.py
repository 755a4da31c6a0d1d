"""Which family of keys a key belongs to, and what is kept under each key of a store."""

from __future__ import annotations

import inspect
from collections import defaultdict
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from runners.engine.store.connection import Store
from runners.engine.store.keys import Keys

OF_RQ = "rq:job:"


@cache
def patterns() -> dict[str, str]:
    """Return the family by the pattern of its keys, those without a variable part first, then the longest."""
    keys, found = Keys(""), {}
    for name, member in inspect.getmembers(Keys):
        if isinstance(member, property):
            found[getattr(keys, name)] = name
        elif inspect.isfunction(member) and not name.startswith("_"):
            _, *parameters = inspect.signature(member).parameters.values()
            needed = [one for one in parameters if one.default is one.empty]
            found[member(keys, *"*" * len(parameters))] = name
            found.setdefault(member(keys, *"*" * len(needed)), name)
    return dict(sorted(found.items(), key=lambda one: ("*" in one[0], -len(one[0]))))


def names() -> set[str]:
    """Return the names of all families."""
    return set(patterns().values())


def family(key: str) -> str:
    """Return the family of a key, its prefix left out; '' when no room of keys knows it."""
    return next((name for pattern, name in patterns().items() if fnmatchcase(key, pattern)), "")


def kept(store: Store) -> dict[str, dict[str, Any]]:
    """Return what is kept under every key of the store, by family and by the key's name."""
    redis, prefix = store.redis, store.keys.prefix
    read = {
        "string": redis.get,
        "hash": redis.hgetall,
        "set": lambda key: sorted(redis.smembers(key)),
        "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
        "list": lambda key: redis.lrange(key, 0, -1),
        "stream": redis.xlen,
    }
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for key in redis.scan_iter(match="*", count=1000):
        name = key.removeprefix(prefix)
        found["rq_job" if key.startswith(OF_RQ) else family(name)][name] = read[redis.type(key)](key)
    return dict(found)
