"""The demo of `up --demo`: its jobs are created over the API, and their first runs are told as they end."""

import shlex
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import click

from runners.client import ApiFailed, Client, credential_of
from runners.engine.settings import Settings
from runners.local.demo_jobs import demo_jobs

LONGEST_SEC = 50.0
LOOK_EVERY_SEC = 0.2
SOON = timedelta(seconds=12)
ENDED = ("success", "failed", "cancelled")


def environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what lets the demo's command run, and nothing more; empty when commands are configured already."""
    if environ.get("AGENT_COMMAND_ALLOW_PREFIXES"):
        return {}
    commands = [job["inputs"]["argv"] for job in demo_jobs(settings) if job["type"] == "command.run"]
    return {"AGENT_COMMAND_ALLOW_PREFIXES": ",".join(_prefix(argv) for argv in commands)}


def _prefix(argv: Sequence[str]) -> str:
    """Return the whole command, quoted; it ends before a word with a comma, which would begin another entry."""
    return shlex.join(takewhile(lambda word: "," not in word, argv))


def show(url: str, settings: Settings, token: str | None = None) -> bool:
    """Create the demo jobs, tell the first run of each as it ends, and return whether all succeeded.

    A web process that cannot be asked now is started again by the supervisor: that is told, and ends nothing.
    """
    jobs = demo_jobs(settings)
    try:
        with Client(url, credential=credential_of(settings, token)) as client:
            for job in jobs:
                client.ask("POST", "/jobs", job)
            click.echo(f"{len(jobs)} demo jobs; their first runs:")
            waiting = {str(job["job_id"]): _start(client, str(job["job_id"])) for job in jobs}
            outcomes = _tell(client, waiting)
    except ApiFailed as refusal:
        click.echo(f"the demo broke off: {refusal}")
        return False
    return len(outcomes) == len(jobs) and set(outcomes) == {"success"}


def _start(client: Client, job_id: str) -> str | None:
    """Run a job now if its schedule would let a person wait; return the last run that is not to be told."""
    row = client.ask("GET", f"/jobs/{job_id}")
    before = client.ask("GET", f"/jobs/{job_id}/runs", limit=1)
    if row["next_run_at"] is None or datetime.fromisoformat(row["next_run_at"]) - datetime.now(UTC) > SOON:
        client.ask("POST", f"/jobs/{job_id}/run")
    return str(before[0]["run_id"]) if before else None


def _tell(client: Client, waiting: dict[str, str | None]) -> list[str]:
    """Print the next run of each job as it ends; return the outcomes that were seen in time."""
    outcomes: list[str] = []
    deadline = time.monotonic() + LONGEST_SEC
    while waiting and time.monotonic() < deadline:
        for job_id, before in list(waiting.items()):
            run = _ended_after(client, job_id, before)
            if run:
                click.echo(_line(run))
                outcomes.append(run["status"])
                del waiting[job_id]
        time.sleep(LOOK_EVERY_SEC)
    for job_id in waiting:
        click.echo(f"  {job_id:<22} has not ended yet; see the dashboard")
    return outcomes


def _ended_after(client: Client, job_id: str, before: str | None) -> dict[str, Any] | None:
    """Return the job's oldest ended run that is newer than `before`."""
    runs = client.ask("GET", f"/jobs/{job_id}/runs", limit=20)
    newer = []
    for run in runs:
        if run["run_id"] == before:
            break
        newer.append(run)
    return next((run for run in reversed(newer) if run["status"] in ENDED), None)


def _line(run: Mapping[str, Any]) -> str:
    """Return one run in one line: job, state, attempt and how long it took."""
    took = datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["started_at"])
    attempt = f", attempt {run['attempt'] + 1}" if run["attempt"] else ""
    return f"  {run['job_id']:<22} {run['status']} in {took.total_seconds():.2f} s{attempt}"
