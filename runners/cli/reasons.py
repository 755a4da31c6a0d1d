"""`job explain`, `decisions` and `forecast`: why a job does not run now, why it did not then, and when it will.

Reasons come in the terminal's language.
"""

from collections.abc import Mapping
from typing import Any

import click

from runners.cli.output import as_json, open_client, show_json, show_rows
from runners.client import segment

VERDICTS = (
    ("guard", lambda row: row["guard"]),
    ("verdict", lambda row: "passes" if row["passes"] else "holds"),
    ("observed", lambda row: (row["hold"] or {}).get("observed")),
    ("limit", lambda row: (row["hold"] or {}).get("limit")),
    ("blocked by", lambda row: ", ".join((row["hold"] or {}).get("blocked_by", ()))),
    ("can change", lambda row: (row["outlook"] or {}).get("sentence")),
)
DECISIONS = (
    ("slot", lambda row: row["slot_at"] or row["asked_at"]),
    ("count", lambda row: row["count"]),
    ("decision", lambda row: row["decision"]),
    ("source", lambda row: row["source"]),
    ("why", lambda row: row["sentence"]),
    ("run", lambda row: row["run_id"]),
)
TIMES = (("at", lambda row: row["at"]), ("local", lambda row: row["local"]), ("note", lambda row: row["note"]))


@click.command()
@click.argument("job_id")
@as_json
def explain(job_id: str, as_json: bool) -> None:
    """Say why a job does, or does not, run now."""
    with open_client() as client:
        answer = client.ask("GET", f"/jobs/{segment(job_id)}/explain")
    if as_json:
        show_json(answer)
    else:
        click.echo(answer["sentence"])
        show_rows(answer["verdicts"], VERDICTS)


@click.command()
@click.argument("job_id")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@click.option("--replay", is_flag=True, help="Ask the guards of today about what they saw then.")
@as_json
def decisions(job_id: str, limit: int, replay: bool, as_json: bool) -> None:
    """List what became of a job's slots, newest first; with --replay fail when today's guards decide otherwise."""
    with open_client() as client:
        path = f"/jobs/{segment(job_id)}/decisions"
        rows = client.ask("GET", path, limit=limit, replay="true" if replay else None)
    columns = (*DECISIONS, ("replayed", _replayed)) if replay else DECISIONS
    show_json(rows) if as_json else show_rows(rows, columns)
    if replay and any(row["replay"] and not row["replay"]["same"] for row in rows):
        raise click.exceptions.Exit(1)


def _replayed(row: Mapping[str, Any]) -> str:
    again = row["replay"]
    if again is None:
        return "no guard decided it"
    return "the same" if again["same"] else f"{again['decision']} {again['reason'] or ''}".rstrip()


@click.command()
@click.argument("job_id")
@click.option("--count", type=click.IntRange(1, 100), default=10, show_default=True)
@as_json
def forecast(job_id: str, count: int, as_json: bool) -> None:
    """Show when a job will run next."""
    with open_client() as client:
        rows = client.ask("GET", f"/jobs/{segment(job_id)}/forecast", count=count)
    show_json(rows) if as_json else show_rows(rows, TIMES)


@click.command("explain")
@click.argument("run_id")
@as_json
def explain_run(run_id: str, as_json: bool) -> None:
    """Say why a run does not start, or who has it and until when."""
    with open_client() as client:
        answer = client.ask("GET", f"/runs/{segment(run_id)}/explain")
    show_json(answer) if as_json else click.echo(answer["sentence"])


COMMANDS = (explain, decisions, forecast)
RUN_COMMANDS = (explain_run,)
