"""How answers are shown: a table for people, JSON for programs."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from runners.client import Client, server_url
from runners.engine.settings import read

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
Column = tuple[str, Callable[[Mapping[str, Any]], object]]


def open_client() -> Client:
    """Return a client of the server that the environment names."""
    return Client(server_url(read(os.environ)))


def show_json(answer: object) -> None:
    """Print JSON that a person can read too."""
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    """Print a table; each column has a title and says what it shows of a row."""
    table = Table(*(title for title, _ in columns), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(read_cell(row)) for _, read_cell in columns))
    # markup and highlighting would read brackets in a name as commands
    Console(markup=False, highlight=False).print(table)


def show_fields(row: Mapping[str, Any]) -> None:
    """Print one thing, field by field."""
    for name, value in row.items():
        click.echo(f"{name:<16} {_cell(value)}")


def _cell(value: object) -> str:
    """Return one value as text: nothing for None, JSON for what has parts."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)
