"""Typed calls of person and first_code: who may sign in, changed in one step each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from runners.engine.protocol.change import Author
from runners.engine.protocol.scripts import call
from runners.engine.role import Role
from runners.engine.store.connection import Store

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
    return _call(store, "create", name, author.name, person_id, role, password, MOST_PEOPLE, code_digest)


def change(
    store: Store, author: Author, name: str, becomes: Becomes, expected: int | None, last_admin_stays: bool
) -> Answer:
    """Change a person, if he is of the `expected` version; with `last_admin_stays` never so that no admin is left."""
    flag = "" if becomes.disabled is None else str(int(becomes.disabled))
    settled = (becomes.role or "", becomes.password or "", flag)
    return _call(store, "change", name, author.name, expected or "", int(last_admin_stays), *settled)


def delete(store: Store, author: Author, name: str, expected: int | None, last_admin_stays: bool) -> Answer:
    """Delete a person, under the same conditions."""
    return _call(store, "delete", name, author.name, expected or "", int(last_admin_stays))


def keep_first_code(store: Store, digest: str, life: timedelta) -> str:
    """Keep the digest of a one-time code. Returns ok, or known: somebody is defined, so no code may count."""
    return str(call(store, "first_code", digest, life // timedelta(milliseconds=1)))


def _call(store: Store, *args: str | int) -> Answer:
    word, version = call(store, "person", *args)
    return Answer(str(word), int(version))
