"""`automation …`: recurring agent workflows over the API, by the same form that the page has."""

from typing import TextIO

import click

from runners.cli.agents import tell_sharing
from runners.cli.jobs import FILE, read_file
from runners.cli.output import as_json, open_client, show_json, show_rows

COLUMNS = (
    ("lane", lambda row: row["lane"]),
    ("job", lambda row: row["job_id"]),
    ("enabled", lambda row: row["enabled"]),
    ("next run", lambda row: row["next_run_at"]),
    ("last run", lambda row: (row["last_run"] or {}).get("status")),
    ("waits for", lambda row: (row["hold"] or {}).get("guard")),
)
TEMPLATES = (
    ("template", lambda row: row["template"]),
    ("every", lambda row: row["fields"]["interval_sec"]),
    ("at once", lambda row: row["fields"]["flow_max_active_runs"]),
    ("priority", lambda row: row["fields"]["pressure_priority"]),
    ("time limit", lambda row: row["fields"]["timeout_ms"]),
    ("retries", lambda row: row["fields"]["max_retry"]),
)
PRESETS = (
    ("preset", lambda row: row["preset"]),
    ("failures", lambda row: row["failure_threshold"]),
    ("first cooldown", lambda row: row["failure_cooldown_sec"]),
    ("longest", lambda row: row["failure_cooldown_max_sec"]),
)


@click.group()
def automation() -> None:
    """Recurring agent workflows: list, save, and what a lane begins with. They are jobs: see `job` for the rest."""


@automation.command("list")
@click.option("--lane", help="Only those of this flow group.")
@click.option("--search", help="Part of an id or a tag.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@as_json
def list_workflows(lane: str | None, search: str | None, limit: int, as_json: bool) -> None:
    """List the workflows, lane by lane."""
    with open_client() as client:
        rows = client.ask("GET", "/automation/agent-workflows", lane=lane, search=search, limit=limit)
    show_json(rows) if as_json else show_rows(rows, COLUMNS)


@automation.command()
@click.option("-f", "--file", "file", type=FILE, help="The form as JSON or YAML, beside the options; - reads stdin.")
@click.option("--job-id", help="The id of its job.")
@click.option("--template", help="The lane that it begins as: ops_realtime, scrap_pipeline or media_generate.")
@click.option("--preset", help="The failure settings: critical, standard, fragile or batch.")
@click.option("--prompt", help="What the agent is told.")
@click.option("--every", "interval_sec", type=int, help="Seconds between slots.")
@click.option("--cron", help="A cron expression, instead of --every.")
@click.option("--timezone", help="The time zone of the cron expression.")
@click.option("--lane", "flow_group", help="Its flow group.")
@click.option("--agent-key", help="Whose memory it uses; jobs of one key share it.")
@click.option("--account", help="The account of the model, as provider/account.")
@click.option("--model", help="The model.")
@click.option("--allow-tool", "allow_tools", multiple=True, help="A tool that it may use without asking.")
@as_json
def save(file: TextIO | None, allow_tools: tuple[str, ...], as_json: bool, **given: str | int | None) -> None:
    """Create or replace a workflow by the form; what is left out is as its template has it."""
    form = read_file(file) if file else {}
    if not isinstance(form, dict):
        raise click.UsageError("the file is no form: it holds no object with the fields of a workflow")
    form |= {name: value for name, value in given.items() if value is not None}
    form |= {"allow_tools": list(allow_tools)} if allow_tools else {}
    with open_client() as client:
        answer = client.ask("POST", "/automation/agent-workflow", form)
    tell_sharing(answer.get("shares_memory"))
    show_json(answer) if as_json else click.echo(
        f"{answer['status']} '{answer['job_id']}', version {answer['version']}"
    )


@automation.command()
@as_json
def templates(as_json: bool) -> None:
    """Show what a workflow of each lane begins with, and the presets of failure settings."""
    with open_client() as client:
        answer = client.ask("GET", "/automation/templates")
    if as_json:
        show_json(answer)
    else:
        show_rows(answer["templates"], TEMPLATES)
        click.echo()
        show_rows(answer["presets"], PRESETS)
