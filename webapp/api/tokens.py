"""Named API tokens: list, read, make and revoke them; contract §7."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from runners.engine import operations
from runners.engine.access.names import TOKEN_NAME
from runners.engine.operations import Role
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.api.people import RoleName
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.parsing_types import Time
from webapp.wire.tokens import NewTokenRow, TokenRow, new_token_row, token_row

PATH = "/tokens/{token_id}"


def _moment(value: Any) -> datetime | None:
    found: datetime | None = None if value is None else Time().read(value)
    return found


class TokenFields(BaseModel):
    """A new token: its name, what it may do, and until when; null is until it is revoked."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, Field(pattern=f"^{TOKEN_NAME}$")]
    role: RoleName
    expires_at: Annotated[
        datetime | None,
        BeforeValidator(_moment),
        WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
    ] = None


@endpoint("GET", "/tokens", Role.ADMIN, query=RowQuery, answers={200: list[TokenRow]}, paged=True)
def list_tokens(query: RowQuery) -> Response:
    """List the named tokens, newest first; those that ended are kept for a month."""
    page = operations.list_tokens(platform(), actor(), query.limit, query.offset, query.cursor)
    now = platform().store.now()
    return many(page, lambda token: token_row(token, now))


@endpoint(
    "POST", "/tokens", Role.ADMIN, body=TokenFields, answers={201: NewTokenRow}, shown_once=("token",), refusals=(409,)
)
def create_token() -> Response:
    """Make a named token; its text is in this answer, and nowhere else afterwards."""
    asked = model_of(TokenFields, json_object())
    new = operations.create_token(platform(), actor(), asked.name, Role(asked.role), asked.expires_at)
    return one(new_token_row(new, platform().store.now()), 201, {"Location": f"/tokens/{new.token.id}"})


@endpoint("GET", PATH, Role.ADMIN, answers={200: TokenRow})
def read_token(token_id: str) -> Response:
    """Read one token."""
    return one(token_row(operations.get_token(platform(), actor(), token_id), platform().store.now()))


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: TokenRow})
def revoke_token(token_id: str) -> Response:
    """Revoke a token: it lets nobody in from now on."""
    return one(token_row(operations.revoke_token(platform(), actor(), token_id), platform().store.now()))
