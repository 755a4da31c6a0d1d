"""Named API tokens, as the store keeps them: everything but the token itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from runners.engine.clock import from_ms
from runners.engine.role import Role
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page, cursor_after, name_before

TOKEN = "token:"
"""What the name of who shows a named token begins with."""


class TokenStatus(StrEnum):
    """Whether a token lets anybody in."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Token:
    """One named token. `expires_at` None means never; `used_at` is its last use, to the minute, None for none yet.

    `digest` is the SHA-256 of the token, in hexadecimal.
    """

    id: str
    name: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    used_at: datetime | None
    digest: str = field(default="", repr=False, compare=False)

    def status(self, now: datetime) -> TokenStatus:
        """Say whether it lets anybody in at `now`."""
        if self.revoked_at is not None:
            return TokenStatus.REVOKED
        expired = self.expires_at is not None and self.expires_at <= now
        return TokenStatus.EXPIRED if expired else TokenStatus.ACTIVE


def load_token(store: Store, token_id: str) -> Token | None:
    """Return the token of this id; None when there is none, or the record cannot be read: that lets nobody in."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.hgetall(store.keys.token(token_id))
    pipe.hget(store.keys.tokens_used, token_id)
    fields, used = pipe.execute()
    return _token(token_id, fields, used)


def find_token(store: Store, name: str) -> Token | None:
    """Return the token that has this name now."""
    token_id: Any = store.redis.hget(store.keys.token_names, name)
    return load_token(store, token_id) if token_id else None


def behind(store: Store, name: str) -> frozenset[str]:
    """Return who acts under a name: of a named token whoever made it, and those of its name, also when it has ended."""
    if not name.startswith(TOKEN):
        return frozenset({name})
    owners: Any = store.redis.hget(store.keys.token_owners, name.removeprefix(TOKEN))
    return frozenset(owners.split("\n")) if owners else frozenset({name})


def list_tokens(store: Store, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Token]:
    """Return a page of the tokens, newest first; three round trips. Raises Malformed on a foreign cursor."""
    before = name_before(cursor)
    pipe = store.redis.pipeline(transaction=False)
    pipe.zrevrangebylex(store.keys.tokens, f"({before}" if before else "+", "-", start=offset, num=limit + 1)
    pipe.zcard(store.keys.tokens)
    places, total = pipe.execute()
    more = cursor_after(places[limit - 1]) if len(places) > limit else None
    ids = [place.partition(":")[2] for place in places[:limit]]
    found = _load_all(store, ids) if ids else {}
    lost = tuple(token_id for token_id in ids if token_id not in found)
    return Page(tuple(found[token_id] for token_id in ids if token_id in found), total, more, unreadable=lost)


def _load_all(store: Store, ids: list[str]) -> dict[str, Token]:
    used: Any = store.redis.hmget(store.keys.tokens_used, ids)
    pipe = store.redis.pipeline(transaction=False)
    for token_id in ids:
        pipe.hgetall(store.keys.token(token_id))
    read = map(_token, ids, read_hashes(pipe), used)
    return {token.id: token for token in read if token}


def _token(token_id: str, fields: Mapping[str, str], used: str | None) -> Token | None:
    try:
        return Token(
            id=token_id,
            name=fields["name"],
            role=Role(fields["role"]),
            created_at=from_ms(int(fields["created_at"])),
            created_by=fields["created_by"],
            expires_at=_moment(fields["expires_at"]),
            revoked_at=_moment(fields["revoked_at"]),
            revoked_by=fields["revoked_by"],
            used_at=_moment(used or ""),
            digest=fields["digest"],
        )
    except (KeyError, ValueError):
        return None


def _moment(text: str) -> datetime | None:
    return from_ms(int(text)) if text else None
