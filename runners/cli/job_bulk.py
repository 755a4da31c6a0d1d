"""`job bulk …`: enable, disable, run, tag or delete many jobs, after a look at what that comes to for each."""

from typing import Any

import click

from runners.cli.bulk import Command, agreed, waited, with_options
from runners.cli.output import as_json, open_client, show_fields, show_json, show_rows
from runners.client import Client, segment

WHICH = (
    click.argument("job_ids", nargs=-1),
    click.option("--search", help="Part of an id, type or tag."),
    click.option("--type", help="Only jobs of this handler."),
    click.option("--flow", "flow_group", help="Only jobs of this flow group."),
    click.option("--with-tag", "tagged", help="Only jobs that have this tag."),
    click.option("--every", is_flag=True, help="Every job there is."),
    click.option(
        "--expected", type=click.IntRange(1), help="How many jobs these are, if you know; you are asked otherwise."
    ),
    click.option("--no-wait", is_flag=True, help="Do not wait for its end."),
    as_json,
)
FILTERS = {"search": "search", "type": "type", "flow_group": "flow_group", "tagged": "tag"}
COLUMNS = (
    ("job", lambda row: row["job_id"]),
    ("", lambda row: row["does"]),
    ("it", lambda row: row["why"]),
)


@click.group()
def bulk() -> None:
    """Many jobs at once: named ones, or all that pass a filter; what it comes to is shown first."""


def _command(name: str, words: str, *options: Any) -> Command:
    @bulk.command(name, help=words)
    @with_options(*options, *WHICH)
    def command(**given: Any) -> None:
        _begin(name, given)

    return command


enable = _command("enable", "Enable jobs; each starts at its next slot.")
disable = _command("disable", "Disable jobs: no slots until they are enabled; runs that exist go on.")
run = _command("run", "Ask for a run of each; what a guard holds is refused, with the reason.")
tag = _command("tag", "Give each a tag, as a new version.", click.option("--tag", required=True))
untag = _command("untag", "Take a tag from each, as a new version.", click.option("--tag", required=True))
delete = _command(
    "delete",
    "Delete jobs; their history stays. Those with active runs are refused.",
    click.option("--cancel", is_flag=True, help="Cancel their active runs with them."),
)


@bulk.command()
@click.argument("bulk_id")
@click.option("--no-wait", is_flag=True, help="Do not wait for its end.")
@as_json
def undo(bulk_id: str, no_wait: bool, as_json: bool) -> None:
    """Take an operation back within a day, from each job that nobody has changed since.

    Ends with 1 when some of it had to be kept.
    """
    with open_client() as client:
        _end(client, client.ask("POST", f"/jobs/bulk/{segment(bulk_id)}/undo"), no_wait, as_json)


def _begin(action: str, given: dict[str, Any]) -> None:
    asked = {"action": action} | _which(given)
    asked |= {name: given[name] for name in ("tag", "cancel") if given.get(name)}
    with open_client() as client:
        expected: dict[str, Any] = {"expected": given["expected"]}
        if given["expected"] is None:
            plan = client.ask("POST", "/jobs/bulk/preview", asked)
            show_rows(plan["jobs"], COLUMNS)
            agreed(f"{action} {plan['change']} of {plan['total']} jobs?", plan["total"])
            expected = {"expected": plan["total"], "digest": plan["digest"]}
        _end(client, client.ask("POST", "/jobs/bulk", asked | expected), given["no_wait"], given["as_json"])


def _which(given: dict[str, Any]) -> dict[str, Any]:
    wanted = {filtered: given[name] for name, filtered in FILTERS.items() if given[name] is not None}
    if given["job_ids"] and (wanted or given["every"]):
        raise click.UsageError("name jobs, or filter them, not both")
    if given["job_ids"]:
        return {"job_ids": list(given["job_ids"])}
    if not wanted and not given["every"]:
        raise click.UsageError("name jobs, filter them, or say --every")
    return {"filter": wanted}


def _end(client: Client, answer: dict[str, Any], no_wait: bool, as_json: bool) -> None:
    """Wait for the end, saying how far it is, and show it; name those that were left alone, and fail for them."""
    answer = waited(client, answer, "/jobs/bulk", no_wait)
    show_json(answer) if as_json else show_fields(answer)
    alone = "kept" if answer["status"] == "undone" else "skipped"
    if answer[alone] or (answer["withdrawn"] and alone == "skipped"):
        items = client.ask("GET", f"/jobs/bulk/{answer['bulk_id']}/items", limit=500)
        for item in items:
            if item["outcome"] == alone:
                click.echo(f"{item['job_id']}: {item['detail']}", err=True)
        raise click.exceptions.Exit(1)
