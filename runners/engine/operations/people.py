"""People who may sign in: list, make, change and delete them. Every change of one ends what he has signed in to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from runners.engine.access.identity import new_id
from runners.engine.access.names import person_name_problems
from runners.engine.access.passwords import hashed, password_problems
from runners.engine.errors import Conflict, Invalid, NotFound, Stale
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import people as protocol
from runners.engine.protocol.people import Answer, Becomes
from runners.engine.store import people as stored
from runners.engine.store.page import Page
from runners.engine.store.people import Person

TRIES = 5


@operation(Role.ADMIN)
def list_people(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Person]:
    """Return a page of the people, in the order of their names."""
    return stored.list_people(platform.store, limit, offset, cursor)


@operation(Role.ADMIN)
def get_person(platform: Platform, actor: Actor, name: str) -> Person:
    """Return the person of this name. Raises NotFound."""
    return _existing(platform, name)


@operation(Role.ADMIN)
def create_person(platform: Platform, actor: Actor, name: str, role: Role, password: str) -> Person:
    """Make a person. Raises Invalid with every problem, and Conflict when the name is taken."""
    problems = person_name_problems(name) + password_problems(password, name)
    if problems:
        raise Invalid(problems)
    answer = protocol.create(platform.store, actor.author(), name, new_id(), role, hashed(password))
    if answer.word == "taken":
        raise Conflict(f"person '{name}' exists already; choose another name, or change the role or password")
    if answer.word == "full":
        raise Conflict(f"there are {protocol.MOST_PEOPLE} people already; delete those who are gone")
    return _existing(platform, name)


@operation(Role.ADMIN)
def change_person(
    platform: Platform,
    actor: Actor,
    name: str,
    *,
    role: Role | None = None,
    password: str | None = None,
    disabled: bool | None = None,
    expected_version: int | None = None,
) -> Person:
    """Change what is given, and end the person's sessions; what is None stays.

    Raises NotFound, Invalid, Stale when the person is not of `expected_version`, and Conflict for the last administrator
    who would be none any more.
    """
    problems = password_problems(password, name) if password is not None else []
    if problems:
        raise Invalid(problems)
    becomes = Becomes(role, hashed(password) if password is not None else None, disabled)
    keeps_one = not _environment_administers(platform)
    change = partial(protocol.change, platform.store, actor.author(), becomes=becomes, last_admin_stays=keeps_one)
    _settle(platform, name, expected_version, change)
    return _existing(platform, name)


@operation(Role.ADMIN)
def delete_person(platform: Platform, actor: Actor, name: str, expected_version: int | None = None) -> None:
    """Delete the person; what he did keeps his name. Raises like `change_person`."""
    keeps_one = not _environment_administers(platform)
    delete = partial(protocol.delete, platform.store, actor.author(), last_admin_stays=keeps_one)
    _settle(platform, name, expected_version, delete)


def _settle(platform: Platform, name: str, expected: int | None, act: Callable[[Person], Answer]) -> None:
    """Do `act` to the person as he is now, and once more when somebody else was faster."""
    for _ in range(TRIES):
        before = _existing(platform, name)
        if expected is not None and before.version != expected:
            raise Stale(f"person '{name}' is at version {before.version} now; read it again")
        answer = act(before)
        if answer.word == "last_admin":
            raise Conflict(f"person '{name}' is the last administrator; make another one first")
        if answer.word in ("ok", "same"):
            return
    raise Conflict(f"person '{name}' keeps being changed by others; try again")


def _existing(platform: Platform, name: str) -> Person:
    person = stored.find_person(platform.store, name)
    if person is None:
        raise NotFound(f"person '{name[:64]}' does not exist")
    return person


def _environment_administers(platform: Platform) -> bool:
    return any(token.role is Role.ADMIN for token in platform.settings.auth_tokens)
