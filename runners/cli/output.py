"""How answers are shown: a table for people, JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from runners.client import Client, credential_of, server_url
from runners.engine.settings import Settings, read
from runners.engine.visible import visible
from runners.engine.words import language_of_environment
from runners.profiles import Profile, load, place

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MOVING = re.compile(r"[\x7f-\x9f]")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
Column = tuple[str, Callable[[Mapping[str, Any]], object]]


def open_client() -> Client:
    """Return a client of the server that was chosen, in the terminal's language.

    An address and a token come from one place, so that no token goes to a server that it was not meant for: the profile
    of --profile, else MULTIJOB_URL and MULTIJOB_TOKEN if one is set, else the profile of MULTIJOB_PROFILE, else the one in
    use, else this machine.
    """
    settings = read(os.environ)
    language = language_of_environment(os.environ)
    if profile := _profile(settings):
        return Client(profile.url, language, credential_of(settings, profile.token))
    return Client(server_url(settings), language, credential_of(settings, settings.token))


def asked_profile() -> str | None:
    """Return what --profile says."""
    context = click.get_current_context(silent=True)
    return context.find_root().params.get("profile") if context else None


def _profile(settings: Settings) -> Profile | None:
    """Return the profile that holds; None where the environment, or nothing, names the server."""
    asked = asked_profile()
    if asked is None and (settings.server_url or settings.token):
        return None
    profiles = load(place(os.environ))
    name = asked or settings.profile or profiles.used
    return profiles.get(name) if name else None


def show_json(answer: object) -> None:
    """Print JSON that a person can read too; JSON leaves some characters that move a cursor, and they are escaped as well."""
    text = json.dumps(answer, indent=2, ensure_ascii=False)
    click.echo(MOVING.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    """Print a table; each column has a title and says what it shows of a row. Nothing is cut: ids are for copying."""
    if sys.stdout.isatty():
        from runners.cli.tables import console, listing

        terminal = console()
        terminal.print(listing(rows, columns, terminal.width))
        return
    table = [[title for title, _ in columns], *([cell(read_cell(row)) for _, read_cell in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        click.echo("  ".join(map(str.ljust, line, widths)).rstrip())


def show_fields(row: Mapping[str, Any]) -> None:
    """Print one thing, field by field."""
    for name, value in row.items():
        click.echo(f"{name:<16} {cell(value)}")


def lines(text: str) -> str:
    """Return a text of several lines, each as `cell` has it."""
    return "\n".join(map(cell, text.split("\n")))


def cell(value: object) -> str:
    """Return one value as one line: nothing for None, JSON for what has parts, and no character that moves a cursor or hides."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)
    return visible(CONTROL.sub(lambda found: repr(found[0])[1:-1], text))
