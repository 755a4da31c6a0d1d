"""Typed calls of token and token_use: named API tokens, made and revoked, and the use of every token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runners.engine.audit import Author, Entry
from runners.engine.clock import rfc3339, to_ms
from runners.engine.protocol.audit import audited
from runners.engine.role import Role
from runners.engine.store.connection import Store
from runners.engine.store.tokens import Token

MOST_TOKENS = 10_000
"""Of those that let somebody in."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A token before it is made; `digest` is the SHA-256 of its text, in hexadecimal, `owners` are who is behind it."""

    id: str
    name: str
    role: Role
    digest: str
    expires_at: datetime | None
    owners: frozenset[str]


def create(store: Store, author: Author, draft: Draft) -> str:
    """Make a token. Returns ok, taken (another one that lets somebody in has the name) or full."""
    ends = "" if draft.expires_at is None else to_ms(draft.expires_at)
    about = {"name": draft.name, "role": draft.role, "expires_at": draft.expires_at and rfc3339(draft.expires_at)}
    settled = (
        draft.name,
        draft.id,
        draft.role,
        draft.digest,
        ends,
        author.name,
        MOST_TOKENS,
        "\n".join(sorted(draft.owners)),
    )
    return str(audited(store, Entry(author, _target(draft.id), None, about), "token", "create", *settled))


def revoke(store: Store, author: Author, token: Token) -> str:
    """End a token. Returns ok, same (it was revoked before) or gone."""
    about = {"name": token.name, "role": token.role}
    entry = Entry(author, _target(token.id), {**about, "revoked": False}, {**about, "revoked": True})
    return str(audited(store, entry, "token", "revoke", token.id, author.name))


def note_use(store: Store, author: Author, token: str) -> str:
    """Note that a token was used: its id, or the name of one of the environment's. Returns first (in the day), again or later."""
    return str(audited(store, Entry(author, _target(token), None, {"used": "first in a day"}), "token_use", token))


def _target(token_id: str) -> str:
    return f"token:{token_id}"
