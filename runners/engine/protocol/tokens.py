"""Typed calls of token: named API tokens, made, revoked and used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runners.engine.clock import to_ms
from runners.engine.protocol.change import Author
from runners.engine.protocol.scripts import call
from runners.engine.role import Role
from runners.engine.store.connection import Store

MOST_TOKENS = 10_000
"""Of those that let somebody in."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A token before it is made; `digest` is the SHA-256 of its text, in hexadecimal."""

    id: str
    name: str
    role: Role
    digest: str
    expires_at: datetime | None


def create(store: Store, author: Author, draft: Draft) -> str:
    """Make a token. Returns ok, taken (another one that lets somebody in has the name) or full."""
    ends = "" if draft.expires_at is None else to_ms(draft.expires_at)
    settled = (draft.name, draft.id, draft.role, draft.digest, ends, author.name, MOST_TOKENS)
    return str(call(store, "token", "create", *settled))


def revoke(store: Store, author: Author, token_id: str) -> str:
    """End a token. Returns ok, same (it was revoked before) or gone."""
    return str(call(store, "token", "revoke", token_id, author.name))


def note_use(store: Store, token_id: str) -> str:
    """Note that a token was used, to the minute. Returns first_today, later or gone."""
    return str(call(store, "token", "use", token_id))
