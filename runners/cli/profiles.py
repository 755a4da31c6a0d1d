"""`profile …`: servers by name, with the token that is shown to each; a token goes in and never comes out."""

import os
import sys
from typing import Any

import click

from runners.cli.output import as_json, show_fields, show_json, show_rows
from runners.engine.settings.secrets import sent_token
from runners.engine.settings.values import http_url
from runners.profiles import NAME, Profile, Profiles, load, place, save

COLUMNS = (
    ("profile", lambda row: row["name"]),
    ("url", lambda row: row["url"]),
    ("token", lambda row: "yes" if row["has_token"] else "no"),
    ("in use", lambda row: "yes" if row["in_use"] else ""),
)


@click.group()
def profile() -> None:
    """Servers by name: list, set, use, remove. `multijob --profile NAME …` asks one of them."""


@profile.command("list")
@as_json
def list_profiles(as_json: bool) -> None:
    """List the profiles."""
    profiles = load(place(os.environ))
    rows = [_row(name, profiles) for name in sorted(profiles.named)]
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@profile.command("set")
@click.argument("name")
@click.option("--url", required=True, help="The server's address, with its path prefix if it has one.")
@click.option("--no-token", is_flag=True, help="It asks nobody who he is.")
@as_json
def set_profile(name: str, url: str, no_token: bool, as_json: bool) -> None:
    """Make or replace a profile. The token is asked for, or read from stdin when that is no terminal."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(f"'{name}' is not 1 to 64 of A-Za-z0-9_-", param_hint="NAME")
    try:
        address = http_url(url)
    except ValueError as fault:
        raise click.BadParameter(f"the address {fault}", param_hint="--url") from None
    made = Profile(address, None if no_token else _token())
    _change(name, load(place(os.environ)).with_profile(name, made), as_json)


@profile.command()
@click.argument("name")
@as_json
def use(name: str, as_json: bool) -> None:
    """Ask this server from now on, unless --profile or the environment name another."""
    profiles = load(place(os.environ))
    profiles.get(name)
    _change(name, Profiles(profiles.named, name), as_json)


@profile.command()
@click.argument("name")
@as_json
def remove(name: str, as_json: bool) -> None:
    """Forget a profile and its token; the token itself goes on to be good until it is revoked."""
    save(place(os.environ), load(place(os.environ)).without(name))
    row = {"name": name, "status": "removed"}
    show_json(row) if as_json else show_fields(row)


def _change(name: str, profiles: Profiles, as_json: bool) -> None:
    save(place(os.environ), profiles)
    row = _row(name, profiles)
    show_json(row) if as_json else show_fields(row)


def _token() -> str:
    asked = click.prompt("Token", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        return sent_token(asked)
    except ValueError as fault:
        raise click.UsageError(f"the token {fault}; give it on stdin, or say --no-token") from None


def _row(name: str, profiles: Profiles) -> dict[str, Any]:
    profile = profiles.named[name]
    return {
        "name": name,
        "url": profile.url,
        "has_token": profile.token is not None,
        "in_use": name == profiles.used,
    }
