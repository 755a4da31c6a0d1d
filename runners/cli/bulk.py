"""`run bulk …`: retry or cancel all runs that pass a filter, look how far it is, and take it back."""

import time
from collections.abc import Callable
from typing import Any

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.cli.progress import progress
from runners.client import Client, segment

LOOK_EVERY_SEC = 0.5
WORKING = ("working", "undoing")
FILTERS = (
    click.option("--job", "job_id", help="Only runs of this job."),
    click.option("--source", help="Only runs that come from there: schedule, manual, retry, planner, chat, api."),
    click.option("--flow", "flow_group", help="Only runs of this flow group."),
    click.option("--search", help="Part of a run id, a job id or an error."),
    click.option("--since", help="Only runs created from this time on, such as 2026-01-31T18:15:00Z."),
    click.option("--until", help="Only runs created before this time."),
)
BEGINNING = (
    click.option(
        "--expected", type=click.IntRange(1), help="How many runs match, if you know; you are asked otherwise."
    ),
    click.option("--no-wait", is_flag=True, help="Do not wait for its end."),
    as_json,
)
COLUMNS = (
    ("operation", lambda row: row["bulk_id"]),
    ("what", lambda row: row["action"]),
    ("status", lambda row: row["status"]),
    ("runs", lambda row: row["total"]),
    ("left", lambda row: row["left"]),
    ("passed over", lambda row: row["skipped"]),
    ("held by", lambda row: row["held_by"]),
    ("by", lambda row: row["actor"]),
    ("since", lambda row: row["created_at"]),
)
Command = Callable[..., None]


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command these options."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group()
def bulk() -> None:
    """Many runs at once: retry or cancel those that pass a filter, and take that back."""


@bulk.command()
@click.option("--status", default="failed", show_default=True, help="success, failed or cancelled.")
@click.option("--failure-kind", help="Only runs that failed like this.")
@click.option("--failure", help="Only runs of this group of `run failures`.")
@click.option("--ended-since", help="Only runs that ended from this time on.")
@with_options(*FILTERS, *BEGINNING)
def retry(expected: int | None, no_wait: bool, as_json: bool, **given: str | None) -> None:
    """Make a new run for each run that passes; what a guard holds waits for it, for a day at most."""
    _begin("retry", given, expected, no_wait, as_json)


@bulk.command()
@click.option("--status", default="queued", show_default=True, help="queued, running, retrying or waiting_approval.")
@with_options(*FILTERS, *BEGINNING)
def cancel(expected: int | None, no_wait: bool, as_json: bool, **given: str | None) -> None:
    """Cancel each run that passes."""
    _begin("cancel", given, expected, no_wait, as_json)


@bulk.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@as_json
def list_bulks(limit: int, as_json: bool) -> None:
    """List the operations of the last days, newest first."""
    with open_client() as client:
        rows = client.ask("GET", "/runs/bulk", limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@bulk.command()
@click.argument("bulk_id")
@as_json
def show(bulk_id: str, as_json: bool) -> None:
    """Show how far an operation is."""
    with open_client() as client:
        answer = client.ask("GET", f"/runs/bulk/{segment(bulk_id)}")
    show_json(answer) if as_json else show_fields(answer)


@bulk.command()
@click.argument("bulk_id")
@click.option("--no-wait", is_flag=True, help="Do not wait for its end.")
@as_json
def undo(bulk_id: str, no_wait: bool, as_json: bool) -> None:
    """Take an operation back: what is not done is not done, and what no worker has had is made good.

    Ends with 1 when some of it had to be kept.
    """
    with open_client() as client:
        answer = client.ask("POST", f"/runs/bulk/{segment(bulk_id)}/undo")
        _end(client, answer, no_wait, as_json)


def _begin(action: str, given: dict[str, str | None], expected: int | None, no_wait: bool, as_json: bool) -> None:
    wanted = {name: value for name, value in given.items() if value is not None}
    with open_client() as client:
        if expected is None:
            expected = client.count("/runs", **wanted)
            agreed(f"{action} {expected} runs?", expected)
        body = {"action": action, "filter": wanted, "expected": expected}
        _end(client, client.ask("POST", "/runs/bulk", body), no_wait, as_json)


def agreed(question: str, expected: int) -> None:
    """Return when the person says yes; end the command otherwise, saying how it goes without being asked."""
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort:
        click.echo(f"\nnothing was done: answer y, or say --expected {expected}", err=True)
        raise


def waited(client: Client, answer: dict[str, Any], place: str, no_wait: bool) -> dict[str, Any]:
    """Return the operation at its end, asked for under `place` until then, and say how far it is; at once with `no_wait`."""
    if no_wait or answer["status"] not in WORKING:
        return answer
    with progress("done") as tell:
        while answer["status"] in WORKING:
            held = f"held by {answer['held_by']}" if answer.get("held_by") else ""
            tell(answer["total"] - answer["left"], answer["total"], held)
            time.sleep(LOOK_EVERY_SEC)  # a terminal has nothing that could wake it
            answer = client.ask("GET", f"{place}/{answer['bulk_id']}")
    return answer


def _end(client: Client, answer: dict[str, Any], no_wait: bool, as_json: bool) -> None:
    """Wait for the end of the operation, saying how far it is, and show it; fail when a run was passed over or kept."""
    answer = waited(client, answer, "/runs/bulk", no_wait)
    show_json(answer) if as_json else show_fields(answer)
    if answer["skipped"] or answer["kept"]:
        raise click.exceptions.Exit(1)
