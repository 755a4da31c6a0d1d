"""Named API tokens as JSON; their text goes out once, from the one who makes it; contract §7."""

from datetime import datetime
from typing import Literal

from runners.engine.operations import NewToken, Token
from runners.engine.role import Role
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class TokenRow(Shape):
    """A token. `expires_at` null is never; `used_at` is its last use, to the minute, null when it was never used."""

    token_id: str
    name: str
    role: Role
    status: Literal["active", "expired", "revoked"]
    created_at: Stamp
    created_by: str
    expires_at: Stamp | None
    used_at: Stamp | None
    revoked_at: Stamp | None
    revoked_by: str | None


class NewTokenRow(TokenRow):
    """A token that was just made. `token` is its text, shown this once: null when the same request is answered again."""

    token: str | None


def token_row(token: Token, now: datetime) -> TokenRow:
    """Return `token` for the wire, as it stands at `now`."""
    return {
        "token_id": token.id,
        "name": token.name,
        "role": token.role,
        "status": token.status(now).value,
        "created_at": stamp(token.created_at),
        "created_by": token.created_by,
        "expires_at": stamp_or_none(token.expires_at),
        "used_at": stamp_or_none(token.used_at),
        "revoked_at": stamp_or_none(token.revoked_at),
        "revoked_by": token.revoked_by or None,
    }


def new_token_row(new: NewToken, now: datetime) -> NewTokenRow:
    """Return a new token with its text."""
    return {**token_row(new.token, now), "token": new.text}
