"""Named API tokens: list, make and revoke them. The text of a token is shown once, by the one who makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from runners.engine.access.identity import new_id, new_token
from runners.engine.access.names import token_name_problems
from runners.engine.errors import Conflict, Invalid, NotFound, Problem
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import tokens as protocol
from runners.engine.protocol.tokens import Draft
from runners.engine.settings.secrets import token_digest
from runners.engine.store import tokens as stored
from runners.engine.store.page import Page
from runners.engine.store.tokens import Token


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made, and its text: what nobody can see again."""

    token: Token
    text: str = field(repr=False)


@operation(Role.ADMIN)
def list_tokens(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Token]:
    """Return a page of the tokens, newest first; those that ended are kept for a month."""
    return stored.list_tokens(platform.store, limit, offset, cursor)


@operation(Role.ADMIN)
def get_token(platform: Platform, actor: Actor, token_id: str) -> Token:
    """Return the token of this id. Raises NotFound."""
    return _existing(platform, token_id)


@operation(Role.ADMIN)
def create_token(
    platform: Platform, actor: Actor, name: str, role: Role, expires_at: datetime | None = None
) -> NewToken:
    """Make a token; `expires_at` None means that it counts until it is revoked.

    Raises Invalid with every problem, and Conflict when a token that lets somebody in has the name.
    """
    problems = token_name_problems(name)
    if expires_at is not None and expires_at <= platform.store.now():
        problems.append(Problem(("expires_at",), "expires_at is over; write a time ahead, or null for never", "past"))
    if problems:
        raise Invalid(problems)
    token_id = new_id()
    text = new_token(token_id)
    owners = stored.behind(platform.store, actor.name)
    draft = Draft(token_id, name, role, token_digest(text), expires_at, owners)
    word = protocol.create(platform.store, actor.author(), draft)
    if word == "taken":
        raise Conflict(f"token '{name}' exists already; revoke it first, or choose another name")
    if word == "full":
        raise Conflict(f"there are {protocol.MOST_TOKENS} tokens already; revoke those that nobody uses")
    return NewToken(_existing(platform, token_id), text)


@operation(Role.ADMIN)
def revoke_token(platform: Platform, actor: Actor, token_id: str) -> Token:
    """End a token now; one that is revoked stays so. Raises NotFound."""
    protocol.revoke(platform.store, actor.author(), _existing(platform, token_id))
    return _existing(platform, token_id)


def _existing(platform: Platform, token_id: str) -> Token:
    token = stored.load_token(platform.store, token_id)
    if token is None:
        raise NotFound(f"token '{token_id[:64]}' does not exist, or ended more than a month ago")
    return token
