"""`approve …`: what waits for a person, and yes or no, over the API."""

import click

from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.client import segment

COLUMNS = (
    ("approval", lambda row: row["approval_id"]),
    ("status", lambda row: row["status"]),
    ("job", lambda row: row["job_id"]),
    ("asks", lambda row: row["summary"]),
    ("expires", lambda row: row["expires_at"]),
    ("by", lambda row: row["decided_by"]),
)


@click.group()
def approve() -> None:
    """Approvals: list, show, approve, reject."""


@approve.command("list")
@click.option("--status", help="pending, approved, rejected, expired or void.")
@click.option("--job", "job_id", help="Only those of this job.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@as_json
def list_approvals(status: str | None, job_id: str | None, limit: int, as_json: bool) -> None:
    """List approvals, newest first."""
    with open_client() as client:
        rows = client.ask("GET", "/approvals", status=status, job_id=job_id, limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@approve.command()
@click.argument("approval_id")
@as_json
def show(approval_id: str, as_json: bool) -> None:
    """Show one approval, with all that would happen."""
    with open_client() as client:
        answer = client.ask("GET", f"/approvals/{segment(approval_id)}")
    show_json(answer) if as_json else show_fields(answer)


@approve.command("approve")
@click.argument("approval_id")
@click.option("--note", default="", help="Why; everybody sees it.")
@click.option("--digest", help="Only if this is what would happen, as `show` printed it.")
@as_json
def agree(approval_id: str, note: str, digest: str | None, as_json: bool) -> None:
    """Agree: the waiting run goes on."""
    _decide(approval_id, "approve", note, digest, as_json)


@approve.command()
@click.argument("approval_id")
@click.option("--note", default="", help="Why; everybody sees it.")
@click.option("--digest", help="Only if this is what would happen, as `show` printed it.")
@as_json
def reject(approval_id: str, note: str, digest: str | None, as_json: bool) -> None:
    """Refuse: the waiting run fails as rejected."""
    _decide(approval_id, "reject", note, digest, as_json)


def _decide(approval_id: str, verdict: str, note: str, digest: str | None, as_json: bool) -> None:
    said = {"note": note} | ({"digest": digest} if digest else {})
    with open_client() as client:
        answer = client.ask("POST", f"/approvals/{segment(approval_id)}/{verdict}", said)
    show_json(answer) if as_json else show_fields(answer)
