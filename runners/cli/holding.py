"""`job then`, `job crowding`, `crowding` and `held`: why not at that time, how full the minutes are, what is held by what."""

import click

from runners.cli.output import as_json, open_client, show_json, show_rows
from runners.cli.reasons import DECISIONS
from runners.client import segment

PEAKS = (
    ("at", lambda row: row["at"]),
    ("jobs", lambda row: row["jobs"]),
    ("among them", lambda row: ", ".join(row["due"][:3])),
)
HELD = (
    ("guard", lambda row: row["guard"]),
    ("jobs", lambda row: row["jobs"]),
    ("by", lambda row: ", ".join(f"{one['blocker']} {one['jobs']}" for one in row["blockers"][:3])),
    ("longest", lambda row: ", ".join(job["job_id"] for job in row["first"])),
)


@click.command()
@click.argument("job_id")
@click.argument("at")
@as_json
def then(job_id: str, at: str, as_json: bool) -> None:
    """Say why a job did, or did not, run AT a time of the past: 02:00, 'yesterday 02:00', or a date and time."""
    with open_client() as client:
        answer = client.ask("GET", f"/jobs/{segment(job_id)}/then", at=at)
    if as_json:
        show_json(answer)
        return
    click.echo(answer["sentence"])
    if answer["decisions"]:
        show_rows(answer["decisions"], DECISIONS)


@click.command("crowding")
@click.argument("job_id")
@as_json
def job_crowding(job_id: str, as_json: bool) -> None:
    """Say how many other jobs fall due in a job's minutes, and where it had better move."""
    with open_client() as client:
        answer = client.ask("GET", f"/jobs/{segment(job_id)}/crowding")
    show_json(answer) if as_json else click.echo(answer["sentence"] or f"job '{job_id}' has no slots in the coming day")


@click.command()
@as_json
def crowding(as_json: bool) -> None:
    """Say which minutes of the coming 24 hours are crowded."""
    with open_client() as client:
        answer = client.ask("GET", "/schedule/crowding")
    if as_json:
        show_json(answer)
    else:
        click.echo(f"{answer['jobs']} jobs are due from {answer['start']} on, {answer['usual']} in a usual minute")
        show_rows(answer["peaks"], PEAKS)


@click.command()
@as_json
def held(as_json: bool) -> None:
    """Say how many jobs each guard holds now, by what, and which wait longest."""
    with open_client() as client:
        rows = client.ask("GET", "/queue/held")
    show_json(rows) if as_json else show_rows(rows, HELD)


JOB_COMMANDS = (then, job_crowding)
