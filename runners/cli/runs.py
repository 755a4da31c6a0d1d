"""`run …`: runs over the API."""

import json
from collections.abc import Iterable
from dataclasses import asdict

import click

from runners.cli.output import as_json, lines, open_client, show_fields, show_json, show_rows
from runners.client import segment
from runners.engine.log_line import LogLine, read_line
from runners.live import follow

COLUMNS = (
    ("run", lambda row: row["run_id"]),
    ("job", lambda row: row["job_id"]),
    ("status", lambda row: row["status"]),
    ("attempt", lambda row: row["attempt"]),
    ("started", lambda row: row["started_at"]),
    ("finished", lambda row: row["finished_at"]),
)
FAILURES = (
    ("failure", lambda row: row["failure"]),
    ("runs", lambda row: row["count"]),
    ("job", lambda row: row["job_id"]),
    ("kind", lambda row: row["failure_kind"]),
    ("error", lambda row: row["line"]),
    ("last", lambda row: row["last_at"]),
    ("versions", lambda row: ", ".join(map(str, row["versions"]))),
)
ATTEMPTS = (
    ("attempt", lambda row: row["attempt"]),
    ("outcome", lambda row: row["outcome"]),
    ("started", lambda row: row["started_at"]),
    ("finished", lambda row: row["finished_at"]),
    ("worker", lambda row: row["worker_id"]),
    ("error", lambda row: row["error"]),
)
STEPS = (
    ("step", lambda row: row["number"]),
    ("outcome", lambda row: row["outcome"]),
    ("took ms", lambda row: row["took_ms"]),
    ("what", lambda row: row["what"]),
    ("why", lambda row: row["why"]),
    ("came of it", lambda row: " ".join(row["preview"].split())[:80]),
)
AGENT = "agent.workflow"


@click.group()
def run() -> None:
    """Runs: list, show, logs, cancel; and many at once."""


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
@click.option("--job", "job_id", help="Only failures of this job.")
@click.option("--kind", "failure_kind", help="Only failures of this kind, such as timeout.")
@click.option("--since", help="From this time on, such as 2026-01-31T18:15:00Z; 24 hours ago otherwise.")
@click.option("--order", type=click.Choice(["count", "last"]), default="count", show_default=True)
@click.option("--limit", type=click.IntRange(1, 100), default=25, show_default=True)
@as_json
def failures(as_json: bool, **asked: str | int | None) -> None:
    """List failures by job, kind and line of the error; `bulk retry --failure` does a group again."""
    with open_client() as client:
        rows = client.ask("GET", "/failures", **asked)
    show_json(rows) if as_json else show_rows(rows, FAILURES)


@run.command()
@click.argument("run_id")
@as_json
def show(run_id: str, as_json: bool) -> None:
    """Show one run with its inputs, its output and its attempts; an agent's with its steps."""
    with open_client() as client:
        answer = client.ask("GET", f"/runs/{segment(run_id)}")
        steps = client.ask("GET", f"/runs/{segment(run_id)}/steps") if answer.get("job_type") == AGENT else []
    if as_json:
        return show_json(answer | ({"steps": steps} if answer.get("job_type") == AGENT else {}))
    attempts = answer.pop("attempts", [])
    show_fields(answer)
    if attempts:
        click.echo()
        show_rows(attempts, ATTEMPTS)
    if steps:
        click.echo()
        show_rows(steps, STEPS)
    for row in attempts:
        if row.get("traceback"):
            click.echo(f"\nattempt {row['attempt']}: {lines(row['traceback'])}")
    return None


@run.command()
@click.argument("run_id")
@click.option("-f", "--follow", "follows", is_flag=True, help="Go on until the run ends.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
def logs(run_id: str, follows: bool, as_json: bool) -> None:
    """Print what a run wrote: its handler's lines, and the output of its programs."""
    path = f"/runs/{segment(run_id)}/logs"
    with open_client() as client:
        if not follows:
            return _print_log(client.text(path).splitlines(), as_json)
        for message in follow(client, path):
            if message.event != "end":
                _print_log(message.data.splitlines(), as_json)
    return None


@run.command()
@click.argument("run_id")
@as_json
def cancel(run_id: str, as_json: bool) -> None:
    """Cancel a run: one that waits ends at once, one that runs is stopped within seconds."""
    with open_client() as client:
        answer = client.ask("POST", f"/runs/{segment(run_id)}/cancel")
    show_json(answer) if as_json else show_fields(answer)


@run.command()
@click.argument("run_id")
@as_json
def retry(run_id: str, as_json: bool) -> None:
    """Run once more what an ended run did, with the same inputs, under the guards of today."""
    with open_client() as client:
        answer = client.ask("POST", f"/runs/{segment(run_id)}/retry")
    show_json(answer) if as_json else show_fields(answer)


def _print_log(log: Iterable[str], as_json: bool) -> None:
    for line in log:
        parts = read_line(line) or LogLine("", 0, "", line)
        click.echo(json.dumps(asdict(parts), ensure_ascii=False) if as_json else line)
