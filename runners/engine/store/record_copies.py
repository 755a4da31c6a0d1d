"""Records that people keep (accounts, MCP servers, …) as the writes that make them again elsewhere: for the hand-over.

Their secrets stay sealed; both stores are the same processes' in turn, and so are the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runners.engine.store.connection import Store
from runners.engine.store.records import NOUNS, Kind, names
from runners.engine.store.writes import Write, again


def record_copies(store: Store) -> Iterator[tuple[str, list[Write]]]:
    """Yield the key of every record, and the writes that make it."""
    keys = store.keys
    used: Any = store.redis.smembers(keys.sealing_keys)
    sealed: list[Write] = [("SADD", keys.sealing_keys, *sorted(used))] if used else []
    for kind in NOUNS:
        for name in names(store, kind):
            if store.redis.exists(keys.record(kind, name)):
                yield keys.record(kind, name), [*record_writes(store, kind, name), *sealed]


def record_writes(store: Store, kind: Kind, name: str) -> list[Write]:
    """Return the writes that make one record, with its secrets as they are sealed here."""
    keys, key = store.keys, store.keys.record(kind, name)
    last = ("HSETNX", keys.last_records, f"{kind}:{name}", str(store.redis.hget(key, "version") or 0))
    return [*again(store, key), ("ZADD", keys.records(kind), "0", name), last]
