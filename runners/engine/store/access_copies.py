"""People and named tokens as the writes that make them again elsewhere: for the hand-over from memory to a server.

Everything is read while nothing else changes the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runners.engine.store.connection import Store
from runners.engine.store.writes import Write, again, placing


@dataclass(frozen=True, slots=True)
class AccessCopy:
    """One person or token: its record's key, its name, where names are taken, and the writes that make it."""

    key: str
    names: str
    name: str
    writes: tuple[Write, ...]


def access_copies(store: Store) -> Iterator[AccessCopy]:
    """Yield every person and every token."""
    yield from _people(store)
    yield from _tokens(store)


def _people(store: Store) -> Iterator[AccessCopy]:
    keys = store.keys
    ids: Any = store.redis.hgetall(keys.people_ids)
    for name, person_id in ids.items():
        writes = [*again(store, keys.person(person_id)), ("HSETNX", keys.people_ids, name, person_id)]
        writes.append(("ZADD", keys.people, "0", name))
        if store.redis.sismember(keys.administrators, person_id):
            writes.append(("SADD", keys.administrators, person_id))
        yield AccessCopy(keys.person(person_id), keys.people_ids, name, tuple(writes))


def _tokens(store: Store) -> Iterator[AccessCopy]:
    keys = store.keys
    places: Any = store.redis.zrange(keys.tokens, 0, -1)
    names: Any = store.redis.hgetall(keys.token_names)
    owners = {token_id: name for name, token_id in names.items()}
    for place in places:
        token_id = place.partition(":")[2]
        writes = [*again(store, keys.token(token_id)), ("ZADD", keys.tokens, "0", place)]
        if token_id in owners:
            writes.append(("HSETNX", keys.token_names, owners[token_id], token_id))
        writes += _owners(store, token_id, "HSET" if token_id in owners else "HSETNX")
        writes += placing(store, keys.token_ends, token_id)
        used: Any = store.redis.hget(keys.tokens_used, token_id)
        writes += [("HSET", keys.tokens_used, token_id, used)] if used else []
        yield AccessCopy(keys.token(token_id), keys.token_names, owners.get(token_id, ""), tuple(writes))


def _owners(store: Store, token_id: str, put: str) -> list[Write]:
    """Return the write that says who is behind the token's name: one that ended leaves what is said of another of its name."""
    name: Any = store.redis.hget(store.keys.token(token_id), "name")
    owners: Any = store.redis.hget(store.keys.token_owners, name) if name else None
    return [(put, store.keys.token_owners, name, owners)] if owners else []
