"""Records that people keep (accounts, MCP servers, …) as the writes that make them again elsewhere: for the hand-over.

Their secrets stay sealed; both stores are the same processes' in turn, and so are the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runners.engine.store.connection import Store
from runners.engine.store.records import NOUNS, names
from runners.engine.store.writes import Write, again


def record_copies(store: Store) -> Iterator[tuple[str, list[Write]]]:
    """Yield the key of every record, and the writes that make it."""
    keys = store.keys
    used: Any = store.redis.smembers(keys.sealing_keys)
    sealed: list[Write] = [("SADD", keys.sealing_keys, *sorted(used))] if used else []
    for kind in NOUNS:
        for name in names(store, kind):
            key, version = keys.record(kind, name), store.redis.hget(keys.record(kind, name), "version")
            if version is not None:
                last: Write = ("HSETNX", keys.last_records, f"{kind}:{name}", str(version))
                yield key, [*again(store, key), ("ZADD", keys.records(kind), "0", name), last, *sealed]
