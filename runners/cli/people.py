"""`user …`: people who may sign in, made and changed in the store itself."""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING, Any

import click

from runners.cli.direct import PAGE, every, opened
from runners.cli.output import as_json, show_fields, show_json, show_rows
from runners.cli.tokens import ROLE
from runners.client import server_url
from runners.engine.clock import rfc3339
from runners.engine.errors import Conflict
from runners.engine.role import Role
from runners.engine.settings import read

if TYPE_CHECKING:
    from runners.engine.operations import Actor, Person
    from runners.engine.platform import Platform

COLUMNS = tuple(
    (title, lambda row, name=name: row[name])
    for title, name in (
        ("name", "name"),
        ("role", "role"),
        ("disabled", "disabled"),
        ("made", "created_at"),
        ("made by", "created_by"),
        ("changed", "changed_at"),
    )
)
LINKS = tuple(
    (title, lambda row, name=name: row[name])
    for title, name in (
        ("channel", "channel"),
        ("sender", "sender"),
        ("person", "person"),
        ("calls himself", "calls_himself"),
        ("linked", "linked_at"),
    )
)
generate = click.option("--generate", is_flag=True, help="Make a password and show it, this once.")


@click.group()
def user() -> None:
    """People who may sign in. Works on the store itself and needs no token."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the person may do.")
@generate
@as_json
def create(name: str, role: str, generate: bool, as_json: bool) -> None:
    """Make a person. The password is asked for, or read from stdin when that is no terminal."""
    from runners.engine import operations

    password = _new_password(generate)
    with opened() as (platform, actor):
        person = operations.create_person(platform, actor, name, Role(role), password)
    _show(person, as_json, password if generate else None)


@user.command("list")
@as_json
def list_people(as_json: bool) -> None:
    """List the people in the order of their names."""
    with opened() as (platform, actor):
        rows = [_row(person) for person in _all(platform, actor)]
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@user.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@as_json
def role(name: str, role: str, as_json: bool) -> None:
    """Give a person another role; his sessions end."""
    _change(name, as_json, role=Role(role))


@user.command()
@click.argument("name")
@generate
@as_json
def password(name: str, generate: bool, as_json: bool) -> None:
    """Give a person another password; his sessions end."""
    new = _new_password(generate)
    _change(name, as_json, new if generate else None, password=new)


@user.command()
@click.argument("name")
@as_json
def disable(name: str, as_json: bool) -> None:
    """Let a person sign in no more, until enabled; his sessions end."""
    _change(name, as_json, disabled=True)


@user.command()
@click.argument("name")
@as_json
def enable(name: str, as_json: bool) -> None:
    """Let a person sign in again."""
    _change(name, as_json, disabled=False)


@user.command()
@click.argument("name")
@as_json
def delete(name: str, as_json: bool) -> None:
    """Delete a person; what he did keeps his name."""
    from runners.engine import operations

    with opened() as (platform, actor):
        operations.delete_person(platform, actor, name)
    row = {"name": name, "status": "deleted"}
    show_json(row) if as_json else show_fields(row)


@user.command()
@click.argument("name")
@as_json
def link(name: str, as_json: bool) -> None:
    """Show a one-time code that makes a chat this person's: written there as /link CODE, within ten minutes."""
    from runners.engine import operations

    with opened() as (platform, actor):
        code = operations.link_chat(platform, actor, name)
    row = {"name": name, "code": code.text, "say": f"/link {code.text}", "expires_at": rfc3339(code.expires_at)}
    show_json(row) if as_json else show_fields(row)


@user.command()
@as_json
def chats(as_json: bool) -> None:
    """List who is who in chats."""
    from runners.engine import operations

    with opened() as (platform, actor):
        rows = [
            {
                "channel": one.channel,
                "sender": one.sender,
                "person": one.person,
                "calls_himself": one.calls_himself,
                "linked_at": rfc3339(one.made_at),
            }
            for one in every(lambda cursor: operations.list_chats(platform, actor, PAGE, cursor=cursor))
        ]
    show_json(rows) if as_json else show_rows(rows, LINKS)


@user.command()
@click.argument("channel")
@click.argument("sender")
@as_json
def unlink(channel: str, sender: str, as_json: bool) -> None:
    """Remove the link of a chat's sender, as `user chats` lists it; who writes there is nobody at once."""
    from runners.engine import operations

    with opened() as (platform, actor):
        operations.unlink_chat(platform, actor, channel, sender)
    row = {"channel": channel, "sender": sender, "status": "unlinked"}
    show_json(row) if as_json else show_fields(row)


@user.command()
@as_json
def first(as_json: bool) -> None:
    """Show a one-time link for the first sign-in, while nobody is defined."""
    from runners.engine.access.first import link, new_code

    with opened() as (platform, actor):
        code = new_code(platform, actor.author())
    if code is None:
        raise Conflict("somebody is defined already; see `multijob user list`, `multijob token list` and AUTH_…")
    found = link(server_url(read(os.environ)), code)
    show_json({"link": found, "code": code}) if as_json else click.echo(found)


def _change(name: str, as_json: bool, shown: str | None = None, **what: Any) -> None:
    from runners.engine import operations

    with opened() as (platform, actor):
        person = operations.change_person(platform, actor, name, **what)
    _show(person, as_json, shown)


def _show(person: Person, as_json: bool, password: str | None) -> None:
    row = _row(person) | ({"password": password} if password else {})
    show_json(row) if as_json else show_fields(row)


def _new_password(generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(18)
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _all(platform: Platform, actor: Actor) -> list[Person]:
    from runners.engine import operations

    return every(lambda cursor: operations.list_people(platform, actor, PAGE, cursor=cursor))


def _row(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "disabled": person.disabled,
        "created_at": rfc3339(person.created_at),
        "created_by": person.created_by,
        "changed_at": rfc3339(person.changed_at),
    }
