"""`token …`: named API tokens, made and revoked in the store itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from runners.cli.direct import PAGE, every, opened
from runners.cli.output import as_json, show_fields, show_json, show_rows
from runners.engine.clock import rfc3339
from runners.engine.errors import NotFound
from runners.engine.role import Role

if TYPE_CHECKING:
    from runners.engine.operations import Actor, Token
    from runners.engine.platform import Platform

ROLE = click.Choice([str(role) for role in Role])
COLUMNS = tuple(
    (title, lambda row, name=name: row[name])
    for title, name in (
        ("id", "token_id"),
        ("name", "name"),
        ("role", "role"),
        ("status", "status"),
        ("expires", "expires_at"),
        ("last used", "used_at"),
        ("made by", "created_by"),
    )
)


@click.group()
def token() -> None:
    """Named API tokens: create, list, revoke. Works on the store itself and needs no token."""


@token.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What whoever shows it may do.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; never without.")
@as_json
def create(name: str, role: str, days: int | None, as_json: bool) -> None:
    """Make a token and show it, this once."""
    from runners.engine import operations

    with opened() as (platform, actor):
        now = platform.store.now()
        ends = now + timedelta(days=days) if days else None
        new = operations.create_token(platform, actor, name, Role(role), ends)
    row = {**_row(new.token, now), "token": new.text}
    show_json(row) if as_json else show_fields(row)
    click.echo(
        "the token is shown this once; send it as 'Authorization: Bearer TOKEN', or set MULTIJOB_TOKEN", err=True
    )


@token.command("list")
@as_json
def list_tokens(as_json: bool) -> None:
    """List the tokens, newest first; those that ended are kept for a month."""
    with opened() as (platform, actor):
        now = platform.store.now()
        rows = [_row(found, now) for found in _all(platform, actor)]
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@token.command()
@click.argument("name_or_id")
@as_json
def revoke(name_or_id: str, as_json: bool) -> None:
    """End a token now, by its name or its id."""
    from runners.engine import operations
    from runners.engine.store.tokens import find_token

    with opened() as (platform, actor):
        named = find_token(platform.store, name_or_id)
        try:
            ended = operations.revoke_token(platform, actor, named.id if named else name_or_id)
        except NotFound:
            raise NotFound(f"no token has the name or id '{name_or_id}'; see `multijob token list`") from None
        row = _row(ended, platform.store.now())
    show_json(row) if as_json else show_fields(row)


def _all(platform: Platform, actor: Actor) -> list[Token]:
    from runners.engine import operations

    return every(lambda cursor: operations.list_tokens(platform, actor, PAGE, cursor=cursor))


def _row(token: Token, now: datetime) -> dict[str, Any]:
    return {
        "token_id": token.id,
        "name": token.name,
        "role": token.role,
        "status": token.status(now),
        "created_at": rfc3339(token.created_at),
        "created_by": token.created_by,
        "expires_at": token.expires_at and rfc3339(token.expires_at),
        "used_at": token.used_at and rfc3339(token.used_at),
    }
