"""`agent memory …`: what agents remember from run to run, over the API."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.client import segment

COLUMNS = (
    ("agent", lambda row: row["agent_key"]),
    ("used by", lambda row: used_by(row["jobs"], row["job_count"])),
    ("runs", lambda row: row["executions"]),
    ("well", lambda row: row["successes"]),
    ("failed", lambda row: row["failures"]),
    ("last", lambda row: row["last_at"]),
    ("heaviest failure", lambda row: row["signatures"][0]["line"] if row["signatures"] else None),
)
SIGNATURES = (
    ("weight", lambda row: row["weight"]),
    ("count", lambda row: row["count"]),
    ("last", lambda row: row["last_at"]),
    ("of jobs", lambda row: ", ".join(row["jobs"])),
    ("failure signature", lambda row: row["line"]),
)
ENDS = (
    ("at", lambda row: row["at"]),
    ("run", lambda row: row["run_id"]),
    ("job", lambda row: row["job_id"]),
    ("said", lambda row: row["text"]),
)
LISTED = ("recent_successes", "recent_failures", "signatures", "jobs", "job_count")
NAMED = 5


def used_by(job_ids: Sequence[str], count: int) -> str:
    """Return the first five of `count` jobs, and how many more there are."""
    rest = count - len(job_ids[:NAMED])
    return ", ".join(job_ids[:NAMED]) + (f" and {rest} more" if rest else "")


def tell_sharing(sharing: Mapping[str, Any] | None) -> None:
    """Say on stderr with whom a job that was saved shares the memory of its agent, if it does."""
    if sharing:
        others = used_by(sharing["others"], sharing["other_count"])
        click.echo(f"its agent shares the memory '{sharing['agent_key']}' with {others}", err=True)


@click.group()
def agent() -> None:
    """Agents: what they remember."""


@agent.group()
def memory() -> None:
    """What agents remember from run to run: list, show, reset."""


@memory.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=200, show_default=True)
@as_json
def list_memories(limit: int, as_json: bool) -> None:
    """List what agents remember, in the order of their keys."""
    with open_client() as client:
        rows = client.ask("GET", "/agents/memory", limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@memory.command()
@click.argument("agent_key")
@as_json
def show(agent_key: str, as_json: bool) -> None:
    """Show what is remembered under one key."""
    with open_client() as client:
        answer = client.ask("GET", f"/agents/memory/{segment(agent_key)}")
    show_json(answer) if as_json else _show(answer)


@memory.command()
@click.argument("agent_key")
@click.option("--signature", help="Forgive only this failure signature; its whole line.")
@as_json
def reset(agent_key: str, signature: str | None, as_json: bool) -> None:
    """Forget what is remembered under a key, or forgive one failure signature; needs admin."""
    with open_client() as client:
        answer = client.ask("DELETE", f"/agents/memory/{segment(agent_key)}", signature=signature)
    said = f"forgave agent '{agent_key}' one failure signature" if signature else f"forgot all of agent '{agent_key}'"
    show_json(answer) if as_json else click.echo(said)


def _show(answer: Mapping[str, Any]) -> None:
    plain = {name: value for name, value in answer.items() if name not in LISTED}
    show_fields(plain | {"used_by": used_by(answer["jobs"], answer["job_count"])})
    parts = (("signatures", SIGNATURES), ("recent_failures", ENDS), ("recent_successes", ENDS))
    for name, columns in parts:
        if answer[name]:
            click.echo(f"\n{name.replace('_', ' ')}")
            show_rows(answer[name], columns)
