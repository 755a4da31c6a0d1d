"""Who comes in: by a token of the environment, a named token, or a name and a password.

Comparisons take as long for a wrong credential as for a right one. A store that cannot be asked lets nobody in by what it
keeps: everything here that reads it raises redis.RedisError.
"""

from __future__ import annotations

import hmac
import re
import secrets
import string
from dataclasses import dataclass
from typing import Literal

from runners.engine.access.passwords import matches
from runners.engine.platform import Platform
from runners.engine.role import Role
from runners.engine.settings.secrets import token_digest
from runners.engine.store import people, tokens
from runners.engine.store.people import Person
from runners.engine.store.tokens import Token, TokenStatus

TOKEN = re.compile(r"mjt_([a-z2-7]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_TOKEN = 512
ID_LETTERS = string.ascii_lowercase + "234567"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has shown who he is. `subject` is how everything names him; it is never part of a credential.

    `kind`, `id` and `version` say by what: whoever keeps them can ask `still` whether it holds.
    """

    kind: Literal["person", "token", "environment", "local"]
    id: str
    version: int
    subject: str
    role: Role


LOCAL = Identity("local", "", 0, "local", Role.ADMIN)
"""Everybody on this machine, while sign-in is off."""


def new_id() -> str:
    """Return an id of 60 random bits that is nobody's yet."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(12))


def new_token(token_id: str) -> str:
    """Return the text of a new token: its id, and 256 random bits."""
    return f"mjt_{token_id}_{secrets.token_urlsafe(32)}"


def by_token(platform: Platform, text: str) -> Identity | None:
    """Return whose token it is; None for a wrong, expired or revoked one.

    `text` may be anything that came.
    """
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST_TOKEN}}}", text):
        return None
    return _of_environment(platform, token_digest(text)) or _of_store(platform, text)


def still(platform: Platform, known: Identity) -> Identity | None:
    """Return who an identity that was shown before is now; None when it has ended or changed."""
    found = _now(platform, known)
    return found if found and (found.version, found.role) == (known.version, known.role) else None


def verify_password(platform: Platform, name: str, password: str) -> Person | None:
    """Return the person if name and password are right and he is not disabled.

    It takes as long whether or not there is such a person. Raises StoreAway when too many are checked at once.
    """
    person = people.find_person(platform.store, name.strip().lower())
    right = matches(person.password if person else None, password)
    return person if person and right and not person.disabled else None


def of_person(person: Person) -> Identity:
    """Return the identity of a person who has shown his password."""
    return Identity("person", person.id, person.version, person.name, person.role)


def _of_environment(platform: Platform, found: str) -> Identity | None:
    known = [one for one in platform.settings.auth_tokens if hmac.compare_digest(one.digest, found)]
    return Identity("environment", found, 0, known[0].name, known[0].role) if known else None


def _of_store(platform: Platform, text: str) -> Identity | None:
    named = TOKEN.fullmatch(text)
    token = tokens.load_token(platform.store, named[1]) if named else None
    if token is None or not hmac.compare_digest(token.digest, token_digest(text)):
        return None
    return _of_token(platform, token)


def _of_token(platform: Platform, token: Token) -> Identity | None:
    if token.status(platform.store.now()) is not TokenStatus.ACTIVE:
        return None
    return Identity("token", token.id, 0, f"token:{token.name}", token.role)


def _now(platform: Platform, known: Identity) -> Identity | None:
    match known.kind:
        case "local":
            return None if platform.settings.auth_enabled else LOCAL
        case "environment":
            return _of_environment(platform, known.id)
        case "token":
            token = tokens.load_token(platform.store, known.id)
            return _of_token(platform, token) if token else None
        case "person":
            person = people.load_person(platform.store, known.id)
            return of_person(person) if person and not person.disabled else None
