"""`grant …`: what approvals granted to jobs, over the API: list it, ask for it, take it away."""

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.client import segment

COLUMNS = (
    ("grant", lambda row: row["grant_id"]),
    ("job", lambda row: row["job_id"]),
    ("capability", lambda row: row["capability"]),
    ("value", lambda row: row["value"]),
    ("asked by", lambda row: row["requester"]),
    ("since", lambda row: row["granted_at"]),
    ("until", lambda row: row["expires_at"]),
)


@click.group()
def grant() -> None:
    """Grants: list, ask, revoke."""


@grant.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@as_json
def list_grants(limit: int, as_json: bool) -> None:
    """List what is granted, those that are over too; needs admin."""
    with open_client() as client:
        rows = client.ask("GET", "/grants", limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@grant.command()
@click.argument("job_id")
@click.argument("capability")
@click.argument("value")
@click.option("--lasts-sec", type=int, help="How long it holds once granted; until it is revoked without.")
@as_json
def ask(job_id: str, capability: str, value: str, lasts_sec: int | None, as_json: bool) -> None:
    """Ask for a capability of a job: program, root or private_target; an admin decides on the approval it prints."""
    asked = {"capability": capability, "value": value, "lasts_sec": lasts_sec}
    with open_client() as client:
        answer = client.ask("POST", f"/jobs/{segment(job_id)}/grants", asked)
    show_json(answer) if as_json else show_fields(answer)


@grant.command()
@click.argument("grant_id")
@as_json
def revoke(grant_id: str, as_json: bool) -> None:
    """Take a grant away: runs that start from now on have it no more; needs admin."""
    with open_client() as client:
        client.ask("DELETE", f"/grants/{segment(grant_id)}")
    row = {"grant_id": grant_id, "status": "revoked"}
    show_json(row) if as_json else click.echo(f"grant '{grant_id}' is revoked")
