"""People who may sign in, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runners.engine.clock import from_ms, to_ms
from runners.engine.role import Role
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page, cursor_after, name_before, names_behind


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name, a password and a role.

    `id` is never given to a second person, unlike the name. `version` rises with every change of role, password or
    state: a session that was opened at another version has ended. `password` is an argon2id hash.
    """

    id: str
    name: str
    role: Role
    disabled: bool
    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    password: str = field(default="", repr=False, compare=False)


def load_person(store: Store, person_id: str) -> Person | None:
    """Return the person of this id; None when there is none, or the record cannot be read: that lets nobody in."""
    fields: Any = store.redis.hgetall(store.keys.person(person_id))
    return _person(person_id, fields)


def find_person(store: Store, name: str) -> Person | None:
    """Return the person of this name."""
    person_id: Any = store.redis.hget(store.keys.people_ids, name)
    return load_person(store, person_id) if person_id else None


def list_people(store: Store, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Person]:
    """Return a page of the people, in the order of their names; three round trips. Raises Malformed on a foreign cursor."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.zrangebylex(store.keys.people, *names_behind(name_before(cursor)), start=offset, num=limit + 1)
    pipe.zcard(store.keys.people)
    names, total = pipe.execute()
    shown = names[:limit]
    found = _load_all(store, shown)
    lost = tuple(name for name in shown if name not in found)
    more = cursor_after(shown[-1]) if len(names) > limit else None
    return Page(tuple(found[name] for name in shown if name in found), total, more, unreadable=lost)


def anybody(store: Store) -> bool:
    """Say whether a person is known, or a named token that has not ended: somebody beside the environment's tokens."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.zcard(store.keys.people)
    pipe.zcard(store.keys.tokens)
    pipe.zcount(store.keys.token_ends, "-inf", to_ms(store.now()))
    people, tokens, ended = pipe.execute()
    return bool(people or tokens > ended)


def _load_all(store: Store, names: list[str]) -> dict[str, Person]:
    if not names:
        return {}
    ids: Any = store.redis.hmget(store.keys.people_ids, names)
    known = [person_id for person_id in ids if person_id]
    pipe = store.redis.pipeline(transaction=False)
    for person_id in known:
        pipe.hgetall(store.keys.person(person_id))
    rows: Iterable[Mapping[str, str]] = read_hashes(pipe)
    people = [_person(person_id, fields) for person_id, fields in zip(known, rows, strict=True)]
    return {person.name: person for person in people if person}


def _person(person_id: str, fields: Mapping[str, str]) -> Person | None:
    try:
        return Person(
            id=person_id,
            name=fields["name"],
            role=Role(fields["role"]),
            disabled=fields["disabled"] != "0",
            version=int(fields["version"]),
            created_at=from_ms(int(fields["created_at"])),
            created_by=fields["created_by"],
            changed_at=from_ms(int(fields["changed_at"])),
            password=fields["password"],
        )
    except (KeyError, ValueError):
        return None
