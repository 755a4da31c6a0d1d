"""`job versions` and `job rollback`: what a job was, and the way back."""

import json
from collections.abc import Mapping
from typing import Any

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.client import segment

COLUMNS = (
    ("version", lambda row: row["version_id"]),
    ("created", lambda row: row["created_at"]),
    ("by", lambda row: f"{row['actor']} ({row['source']})"),
    ("note", lambda row: row["note"]),
    ("changed", lambda row: "; ".join(map(change_text, row["diff"] or ()))),
)


@click.command()
@click.argument("job_id")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@as_json
def versions(job_id: str, limit: int, as_json: bool) -> None:
    """List a job's versions, newest first, each with what it changed."""
    with open_client() as client:
        rows = client.ask("GET", f"/jobs/{segment(job_id)}/versions", limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@click.command()
@click.argument("job_id")
@click.argument("version_id", type=click.IntRange(1))
@as_json
def rollback(job_id: str, version_id: int, as_json: bool) -> None:
    """Give a job the spec that it had at a version, as a new version."""
    with open_client() as client:
        answer = client.ask("POST", f"/jobs/{segment(job_id)}/rollback/{version_id}")
    show_json(answer) if as_json else show_fields(answer)


def change_text(change: Mapping[str, Any]) -> str:
    """Return one value that changed as a line."""
    before, after = (
        json.dumps(change[side], ensure_ascii=False) if side in change else "nothing" for side in ("before", "after")
    )
    return f"{'.'.join(change['loc'])} {before} → {after}"


COMMANDS = (versions, rollback)
