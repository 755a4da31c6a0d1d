"""`top`: the queue, the workers, what runs and what is held, again and again; one look where there is no terminal."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from runners.cli.output import as_json, open_client, show_json, show_rows
from runners.cli.top_view import Look, headline, sections
from runners.client import Away, Client

LISTED = 20
"""Rows of each part: what more there is, the headline counts."""


@click.command()
@click.option(
    "--every", type=click.FloatRange(0.5, 60), default=2.0, show_default=True, help="Seconds between two looks."
)
@click.option("--once", is_flag=True, help="Look once, as where there is no terminal.")
@as_json
def top(every: float, once: bool, as_json: bool) -> None:
    """Show the queue, the workers, what runs and what is held, live; `q` ends it. Each look is four requests."""
    with open_client() as client:
        first = look(client)
        if as_json:
            show_json(first)
        elif once or not (sys.stdin.isatty() and sys.stdout.isatty()):
            _print(first)
        else:
            _live(client, first, every)


def look(client: Client) -> Look:
    """Ask for everything that is shown."""
    return {
        "queue": client.ask("GET", "/queue"),
        "workers": [one for one in client.ask("GET", "/agents", limit=500) if one["type"] == "worker"],
        "runs": client.ask("GET", "/runs", status="running", limit=LISTED),
        "held": client.ask("GET", "/queue/held"),
    }


def _print(seen: Look) -> None:
    click.echo(headline(seen))
    for title, rows, columns in sections(seen, LISTED):
        click.echo(f"\n{title}")
        show_rows(rows, columns)


def _live(client: Client, seen: Look, every: float) -> None:
    """Show one look after the other until `q` or Ctrl-C; a server that is away is asked again, with the last look left standing."""
    from rich.live import Live

    from runners.cli.tables import console
    from runners.cli.top_screen import screen

    terminal, trouble = console(), ""
    with _keys() as pressed, Live(console=terminal, screen=True, auto_refresh=False) as live:
        try:
            while True:
                live.update(screen(seen, client.url, trouble, terminal.width, terminal.height), refresh=True)
                if pressed(every):
                    return
                try:
                    seen, trouble = look(client), ""
                except Away as away:
                    trouble = str(away)
        except KeyboardInterrupt:
            return


@contextmanager
def _keys() -> Iterator[_Pressed]:
    """Give what waits so many seconds, and says whether `q` was pressed meanwhile; keys are not shown."""
    import termios
    import tty

    file = sys.stdin.fileno()
    before = termios.tcgetattr(file)
    tty.setcbreak(file)
    try:
        yield _Pressed(file)
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)


class _Pressed:
    def __init__(self, file: int) -> None:
        self._file = file

    def __call__(self, seconds: float) -> bool:
        """Return at the first key, or after `seconds`; True for `q`, and for a terminal that has gone."""
        ready, _, _ = select.select([self._file], [], [], seconds)
        return bool(ready) and _read(self._file) in (b"q", b"Q", b"\x04", b"")


def _read(file: int) -> bytes:
    try:
        return os.read(file, 1)
    except OSError:
        return b""
