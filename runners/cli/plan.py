"""`plan "…"`: what a sentence asks for, and with --execute, done. The server plans; nothing happens before it is asked to."""

from typing import Any

import click

from runners.cli.output import as_json, open_client, show_json, show_rows

JOBS = (
    ("job", lambda row: row["job_spec"]["job_id"]),
    ("does", lambda row: row["action"]),
    ("type", lambda row: row["job_spec"]["type"]),
    ("next", lambda row: row["forecast"][0]["local"] if row["forecast"] else "when asked"),
    ("risk", lambda row: row["risk"]["level"]),
)
RESULTS = (
    ("job", lambda row: row["job_id"]),
    ("did", lambda row: row["create_status"]),
    ("run", lambda row: row["run_id"]),
    ("status", lambda row: row["run_status"] or row["queue_status"]),
    ("error", lambda row: row["result_error"]),
)


@click.command()
@click.argument("sentence")
@click.option("--timezone", help="IANA zone of the times in the sentence; Asia/Jakarta unless it is said.")
@click.option("--execute", is_flag=True, help="Make the jobs, all or none, instead of only showing them.")
@click.option("--run", "run_immediately", is_flag=True, help="With --execute: run each of them now, too.")
@click.option(
    "--wait", "wait_seconds", type=click.FloatRange(0, 30), default=0.0, help="Seconds to wait for these runs."
)
@as_json
def plan(
    sentence: str, timezone: str | None, execute: bool, run_immediately: bool, wait_seconds: float, as_json: bool
) -> None:
    """Show what SENTENCE asks for, in Bahasa Indonesia or English. Ends with 1 when it leaves something open."""
    if not execute and (run_immediately or wait_seconds):
        raise click.UsageError("--run and --wait say how to go on after --execute; add it")
    if wait_seconds and not run_immediately:
        raise click.UsageError("--wait waits for the runs of --run; add it")
    asked: dict[str, Any] = {"prompt": sentence} | ({"timezone": timezone} if timezone else {})
    with open_client() as client:
        if execute:
            runs = {"run_immediately": run_immediately, "wait_seconds": wait_seconds}
            answer = client.ask("POST", "/planner/execute", asked | runs)
        else:
            answer = client.ask("POST", "/planner/plan", asked)
    if as_json:
        show_json(answer)
    elif execute:
        show_rows(answer["results"], RESULTS)
    else:
        _show(answer)
    if answer.get("questions"):
        raise click.exceptions.Exit(1)


def _show(answer: dict[str, Any]) -> None:
    click.echo(answer["summary"])
    if answer["jobs"]:
        show_rows(answer["jobs"], JOBS)
    for job in answer["jobs"]:
        for text in (*job["assumptions"], *job["warnings"], *job["risk"]["reasons"]):
            click.echo(f"{job['job_spec']['job_id']}: {text}")
    for text in answer["warnings"]:
        click.echo(text)
    for question in answer["questions"]:
        choices = f" ({' | '.join(question['choices'])})" if question["choices"] else ""
        click.echo(f"? {question['text']}{choices}")
