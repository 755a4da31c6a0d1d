"""`run …`: runs over the API."""

from urllib.parse import quote

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows

COLUMNS = (
    ("run", lambda row: row["run_id"]),
    ("job", lambda row: row["job_id"]),
    ("status", lambda row: row["status"]),
    ("attempt", lambda row: row["attempt"]),
    ("started", lambda row: row["started_at"]),
    ("finished", lambda row: row["finished_at"]),
)


@click.group()
def run() -> None:
    """Runs: list, show, cancel."""


@run.command("list")
@click.option("--job", "job_id", help="Only runs of this job.")
@click.option("--status", help="Only runs in this state.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@as_json
def list_runs(job_id: str | None, status: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first."""
    with open_client() as client:
        rows = client.ask("GET", "/runs", job_id=job_id, status=status, limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@run.command()
@click.argument("run_id")
@as_json
def show(run_id: str, as_json: bool) -> None:
    """Show one run with its inputs and output."""
    with open_client() as client:
        answer = client.ask("GET", f"/runs/{quote(run_id, safe='')}")
    show_json(answer) if as_json else show_fields(answer)


@run.command()
@click.argument("run_id")
@as_json
def cancel(run_id: str, as_json: bool) -> None:
    """Cancel a run: one that waits ends at once, one that runs is stopped within seconds."""
    with open_client() as client:
        answer = client.ask("POST", f"/runs/{quote(run_id, safe='')}/cancel")
    show_json(answer) if as_json else show_fields(answer)
