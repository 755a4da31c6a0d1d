"""`job explain` and `job forecast`: why a job does not run now, and when it will; reasons come in the terminal's language."""

from urllib.parse import quote

import click

from runners.cli.output import as_json, open_client, show_json, show_rows

VERDICTS = (
    ("guard", lambda row: row["guard"]),
    ("verdict", lambda row: "passes" if row["passes"] else "holds"),
    ("observed", lambda row: (row["hold"] or {}).get("observed")),
    ("limit", lambda row: (row["hold"] or {}).get("limit")),
    ("blocked by", lambda row: ", ".join((row["hold"] or {}).get("blocked_by", ()))),
    ("until", lambda row: (row["hold"] or {}).get("until")),
)
TIMES = (("at", lambda row: row["at"]), ("local", lambda row: row["local"]), ("note", lambda row: row["note"]))


@click.command()
@click.argument("job_id")
@as_json
def explain(job_id: str, as_json: bool) -> None:
    """Say why a job does, or does not, run now."""
    with open_client() as client:
        answer = client.ask("GET", f"/jobs/{quote(job_id, safe='')}/explain")
    if as_json:
        show_json(answer)
    else:
        click.echo(answer["sentence"])
        show_rows(answer["verdicts"], VERDICTS)


@click.command()
@click.argument("job_id")
@click.option("--count", type=click.IntRange(1, 100), default=10, show_default=True)
@as_json
def forecast(job_id: str, count: int, as_json: bool) -> None:
    """Show when a job will run next."""
    with open_client() as client:
        rows = client.ask("GET", f"/jobs/{quote(job_id, safe='')}/forecast", count=count)
    show_json(rows) if as_json else show_rows(rows, TIMES)


COMMANDS = (explain, forecast)
