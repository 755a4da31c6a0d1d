"""Typed calls of person and first_code: who may sign in, changed in one step each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runners.engine.audit import Author, Entry
from runners.engine.protocol.audit import audited
from runners.engine.role import Role
from runners.engine.store.connection import Store
from runners.engine.store.people import Person

MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The script's word (see `person.lua`), and the version that the person has now, or had."""

    word: str
    version: int


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a person is to become; None keeps what is. `password` is an encoded hash."""

    role: Role | None = None
    password: str | None = None
    disabled: bool | None = None


def create(
    store: Store, author: Author, name: str, person_id: str, role: Role, password: str, code_digest: str = ""
) -> Answer:
    """Make a person with this id and password hash; with `code_digest` only as the first one, by the code that it proves."""
    entry = Entry(author, _target(name), None, {"role": role, "disabled": False, "password": password})
    return _call(store, entry, "create", name, author.name, person_id, role, password, MOST_PEOPLE, code_digest)


def change(store: Store, author: Author, before: Person, becomes: Becomes, last_admin_stays: bool) -> Answer:
    """Change the person, unless somebody else has meanwhile; with `last_admin_stays` never so that no admin is left."""
    after = {"role": becomes.role or before.role, "disabled": before.disabled}
    after |= {"disabled": becomes.disabled} if becomes.disabled is not None else {}
    after |= {"password": becomes.password} if becomes.password is not None else {}
    entry = Entry(author, _target(before.name), _shown(before), after)
    flag = "" if becomes.disabled is None else str(int(becomes.disabled))
    settled = (becomes.role or "", becomes.password or "", flag)
    return _call(store, entry, "change", before.name, author.name, before.version, int(last_admin_stays), *settled)


def delete(store: Store, author: Author, before: Person, last_admin_stays: bool) -> Answer:
    """Delete the person, under the same conditions."""
    entry = Entry(author, _target(before.name), _shown(before), None)
    return _call(store, entry, "delete", before.name, author.name, before.version, int(last_admin_stays))


def keep_first_code(store: Store, author: Author, digest: str, life: timedelta) -> str:
    """Keep the digest of a one-time code. Returns ok, or known: somebody is defined, so no code may count."""
    seconds = life // timedelta(seconds=1)
    entry = Entry(author, "people:first", None, {"counts_for_sec": seconds})
    return str(audited(store, entry, "first_code", digest, seconds * 1000))


def _call(store: Store, entry: Entry, *args: str | int) -> Answer:
    word, version = audited(store, entry, "person", *args)
    return Answer(str(word), int(version))


def _target(name: str) -> str:
    return f"person:{name}"


def _shown(person: Person) -> Mapping[str, Any]:
    return {"role": person.role, "disabled": person.disabled}
