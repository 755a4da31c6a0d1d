"""The first sign-in: while nobody is defined, a one-time code that was shown on the terminal makes the first administrator."""

from __future__ import annotations

import secrets
from datetime import timedelta

from runners.engine.access.identity import ID_LETTERS, new_id
from runners.engine.access.names import person_name_problems
from runners.engine.access.passwords import hashed, password_problems
from runners.engine.audit import Author
from runners.engine.errors import Conflict, Forbidden, Invalid
from runners.engine.platform import Platform
from runners.engine.protocol import people as protocol
from runners.engine.role import Role
from runners.engine.settings.secrets import token_digest
from runners.engine.store import people
from runners.engine.store.people import Person

LIFE = timedelta(minutes=15)
LETTERS, IN_A_GROUP = 20, 4


def nobody_is_defined(platform: Platform) -> bool:
    """Say whether there is neither a token in the environment, nor a person, nor a named token."""
    return not platform.settings.auth_tokens and not people.anybody(platform.store)


def new_code(platform: Platform, author: Author) -> str | None:
    """Return a new one-time code of 100 random bits, in place of an earlier one; None when somebody is defined."""
    if platform.settings.auth_tokens:
        return None
    code = "".join(secrets.choice(ID_LETTERS) for _ in range(LETTERS))
    kept = protocol.keep_first_code(platform.store, author, token_digest(code), LIFE) == "ok"
    return "-".join(code[at : at + IN_A_GROUP] for at in range(0, LETTERS, IN_A_GROUP)) if kept else None


def link(url: str, code: str) -> str:
    """Return the address of the first sign-in at the server `url`. The code stands behind '#', which browsers send nowhere."""
    return f"{url}/ui/first#{code}"


def redeem(platform: Platform, code: str, name: str, password: str) -> Person:
    """Make the first administrator by the code, which counts once. Raises Invalid, Forbidden and Conflict."""
    problems = person_name_problems(name) + password_problems(password, name)
    if problems:
        raise Invalid(problems)
    proof = token_digest("".join(letter for letter in code.lower() if letter in ID_LETTERS))
    author = Author(name, "page", operation="sign_in_first", role=Role.ADMIN)
    answer = protocol.create(platform.store, author, name, new_id(), Role.ADMIN, hashed(password), proof)
    if answer.word == "no_code":
        raise Forbidden(
            "this code is not, or no longer, the one on the terminal; get a new one with `multijob user first`"
        )
    person = people.find_person(platform.store, name)
    if answer.word != "ok" or person is None:
        raise Conflict(f"person '{name}' could not be made ({answer.word}); try again")
    return person
