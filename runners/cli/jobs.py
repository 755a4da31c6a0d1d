"""`job …`, `import` and `export`: jobs over the API."""

from collections.abc import Mapping
from typing import Any, TextIO

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.cli.versions import change_text
from runners.client import Client, segment
from runners.engine.errors import Malformed
from runners.engine.strict import json_text, yaml_text
from runners.live import follow

FILE = click.File(encoding="utf-8")
COLUMNS = (
    ("job", lambda row: row["job_id"]),
    ("type", lambda row: row["type"]),
    ("enabled", lambda row: row["enabled"]),
    ("next run", lambda row: row["next_run_at"]),
    ("last run", lambda row: (row["last_run"] or {}).get("status")),
    ("waits for", lambda row: (row["hold"] or {}).get("guard")),
)
IMPORTED = (
    ("job", lambda row: row["job_id"]),
    ("action", lambda row: row["action"]),
    ("changed", lambda row: "; ".join(map(change_text, row["diff"]))),
)


@click.group()
def job() -> None:
    """Jobs: list, show, create, run, enable, disable, delete; their versions and the way back to one."""


@job.command("list")
@click.option("--search", help="Part of an id, type or tag.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@as_json
def list_jobs(search: str | None, limit: int, as_json: bool) -> None:
    """List jobs in the order of their ids."""
    with open_client() as client:
        rows = client.ask("GET", "/jobs", search=search, limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@job.command()
@click.argument("job_id")
@as_json
def show(job_id: str, as_json: bool) -> None:
    """Show one job."""
    _ask("GET", f"/jobs/{segment(job_id)}", as_json)


@job.command()
@click.option("-f", "--file", "file", type=FILE, required=True, help="The job as JSON or YAML; - reads stdin.")
@as_json
def create(file: TextIO, as_json: bool) -> None:
    """Create or replace one job."""
    _ask("POST", "/jobs", as_json, body=read_file(file))


@job.command()
@click.argument("job_id")
@click.option("--wait", "waits", is_flag=True, help="Go on until the run ends, and end with 1 unless it succeeds.")
@as_json
def run(job_id: str, waits: bool, as_json: bool) -> None:
    """Run a job now, under its guards."""
    with open_client() as client:
        answer: Any = client.ask("POST", f"/jobs/{segment(job_id)}/run")
        if waits:
            answer = _ended(client, answer["run_id"])
    show_json(answer) if as_json else show_fields({name: answer[name] for name in answer if name != "attempts"})
    click.get_current_context().exit(1 if waits and answer["status"] != "success" else 0)


@job.command()
@click.argument("job_id")
@as_json
def enable(job_id: str, as_json: bool) -> None:
    """Let a job's schedule run."""
    _ask("PUT", f"/jobs/{segment(job_id)}/enable", as_json)


@job.command()
@click.argument("job_id")
@as_json
def disable(job_id: str, as_json: bool) -> None:
    """Stop a job's schedule."""
    _ask("PUT", f"/jobs/{segment(job_id)}/disable", as_json)


@job.command()
@click.argument("job_id")
@click.option("--cancel", is_flag=True, help="Cancel its active runs too.")
@as_json
def delete(job_id: str, cancel: bool, as_json: bool) -> None:
    """Delete a job; its history stays."""
    _ask("DELETE", f"/jobs/{segment(job_id)}", as_json, cancel="true" if cancel else None)


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@as_json
def import_file(file: TextIO, dry_run: bool, as_json: bool) -> None:
    """Create or replace the jobs of FILE (JSON or YAML, an export or a backup), all or none."""
    with open_client() as client:
        answer: Any = client.ask("POST", "/jobs/import", read_file(file), dry_run="true" if dry_run else "false")
    show_json(answer) if as_json else _show_import(answer)


@click.command()
@click.option("--yaml", "as_yaml", is_flag=True, help="Print YAML.")
@click.option("--search", help="Only jobs with this in their id, type or a tag; then without accounts.")
@click.option("--tag", help="Only jobs with this tag.")
@click.option("--flow", "flow_group", help="Only jobs of this flow group.")
@click.option("--type", "type", help="Only jobs of this type.")
def export(as_yaml: bool, **filters: str | None) -> None:
    """Print jobs, own limits of flow groups and accounts (without secrets) as JSON, ready for `import`.

    Ends with 1 when something cannot be read and is not in it, which is named.
    """
    with open_client() as client:
        document: Any = client.ask("GET", "/jobs/export", **filters)
    click.echo(yaml_text.dump(document), nl=False) if as_yaml else show_json(document)
    if lacking := document.get("unreadable"):  # a server of an earlier version says nothing of it
        click.echo(f"not in it, because their records cannot be read: {', '.join(lacking)}", err=True)
        raise click.exceptions.Exit(1)


def _show_import(answer: Mapping[str, Any]) -> None:
    """Print what differs, and count the rest."""
    differing = [row for row in answer["jobs"] if row["action"] != "unchanged"]
    show_rows(differing, IMPORTED)
    for row in answer["flow_groups"]:
        if row["action"] != "unchanged":
            click.echo(
                f"flow group {row['flow_group']}: limit of its own {row['before'] or 'none'} → {row['after'] or 'none'}"
            )
    for row in answer["accounts"]:
        if row["action"] != "unchanged":
            click.echo(f"account {row['account']}: {row['action']}")
    saved = "saved" if answer["applied"] else "nothing was saved: a dry run"
    if lacking := answer.get("unreadable"):
        click.echo(f"the document lacks what could not be read when it was made: {', '.join(lacking)}", err=True)
    click.echo(f"{len(answer['jobs']) - len(differing)} unchanged; {answer['memories']} failure memories; {saved}")


def read_file(file: TextIO) -> object:
    """Return what a JSON or YAML file says, under the API's rules; raises Malformed with the place of the fault."""
    try:
        body = file.read().encode()
        # what begins like JSON is JSON, unless its name says otherwise: a name that stands twice is found in both
        is_json = body.lstrip()[:1] in (b"{", b"[") and not file.name.endswith((".yaml", ".yml"))
        return json_text.parse(body) if is_json else yaml_text.parse(body)
    except (Malformed, UnicodeError) as error:
        raise Malformed(f"'{file.name}' cannot be read: {error}") from error


def _ended(client: Client, run_id: str) -> dict[str, Any]:
    """Wait until the run ends, and return it."""
    path = f"/runs/{segment(run_id)}"
    for _ in follow(client, f"{path}/logs"):
        pass
    run: dict[str, Any] = client.ask("GET", path)
    return run


def _ask(method: str, path: str, as_json: bool, body: object = None, **query: object) -> None:
    """Send one request and show its answer."""
    with open_client() as client:
        answer: Any = client.ask(method, path, body, **query)
    if as_json or not isinstance(answer, dict):
        show_json(answer)
    else:
        show_fields(answer)
