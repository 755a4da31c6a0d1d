"""How answers are shown: a table for people, JSON for programs."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from runners.client import Client, credential_of, server_url
from runners.engine.settings import read
from runners.engine.words import language_of_environment

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
Column = tuple[str, Callable[[Mapping[str, Any]], object]]


def open_client() -> Client:
    """Return a client of the server that the environment names, with MULTIJOB_TOKEN and the terminal's language."""
    settings = read(os.environ)
    language = language_of_environment(os.environ)
    return Client(server_url(settings), language, credential_of(settings, settings.token))


def show_json(answer: object) -> None:
    """Print JSON that a person can read too."""
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    """Print a table; each column has a title and says what it shows of a row. Nothing is cut: ids are for copying."""
    lines = [[title for title, _ in columns], *([_cell(read_cell(row)) for _, read_cell in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(map(str.ljust, line, widths)).rstrip())


def show_fields(row: Mapping[str, Any]) -> None:
    """Print one thing, field by field."""
    for name, value in row.items():
        click.echo(f"{name:<16} {_cell(value)}")


def _cell(value: object) -> str:
    """Return one value as text: nothing for None, JSON for what has parts."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)
