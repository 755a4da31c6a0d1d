"""What somebody may have meant by a name: exact ones are taken, all others only offered."""

from __future__ import annotations

from difflib import SequenceMatcher

from runners.connector.commands.asking import Asking
from runners.connector.reply import Button, Reply
from runners.engine import operations
from runners.engine.errors import NotFound
from runners.engine.job import Job
from runners.engine.operations import JobFilter, RunFilter
from runners.engine.run import Run

OFFERED = 3
LOOKED_AT = 50
LEAST_ALIKE = 0.5
SHORTEST_PIECE = 2
LONGEST_NAME = 128


def job_of(asking: Asking, name: str) -> Job | Reply:
    """Return the job of exactly this name, or the reply that offers the nearest ones, as the same command."""
    if not name:
        return Reply(asking.say("which_job", command=asking.command.name))
    try:
        return operations.get_job(asking.platform, asking.actor, name)
    except NotFound:
        near = [job.job_id for job in _near(asking, name[:LONGEST_NAME])]
        return _offer(asking, asking.say("no_job", job=name[:LONGEST_NAME]), near)


def run_of(asking: Asking, name: str) -> Run | Reply:
    """Return the run of exactly this id, or the reply that offers those that it may mean."""
    if not name:
        return Reply(asking.say("which_run", command=asking.command.name))
    try:
        return operations.get_run(asking.platform, asking.actor, name)
    except NotFound:
        found = operations.list_runs(asking.platform, asking.actor, RunFilter(search=name[:LONGEST_NAME]), OFFERED)
        is_job = bool(found.rows) and all(run.job_id == name for run in found.rows)
        fault = asking.say("which_run_of" if is_job else "no_run", run=name[:LONGEST_NAME])
        return _offer_runs(asking, fault, found.rows, asking.say("did_you_mean") if not is_job else "")


def run_to_read(asking: Asking, name: str) -> Run | Reply:
    """Return the run that `name` means, where nothing is changed: its id or the one that has it as a part, or a job's newest."""
    if not name:
        return Reply(asking.say("which_run", command=asking.command.name))
    newest = operations.list_runs(asking.platform, asking.actor, RunFilter(job_id=name), 1).rows
    if newest:
        return newest[0]
    found = operations.list_runs(asking.platform, asking.actor, RunFilter(search=name[:LONGEST_NAME]), 2)
    return found.rows[0] if found.total == 1 else run_of(asking, name)


def _near(asking: Asking, name: str) -> list[Job]:
    """Return the jobs that are most like `name`: one slip leaves the one or the other half of it as it is."""
    half = len(name) // 2
    for pieces in ((name,), (name[:half], name[half:])):
        found = {job.job_id: job for piece in pieces for job in _with(asking, piece)}
        alike = sorted(found.values(), key=lambda job: (-_likeness(name, job.job_id), job.job_id))
        if near := [job for job in alike if len(pieces) == 1 or _likeness(name, job.job_id) >= LEAST_ALIKE]:
            return near[:OFFERED]
    return []


def _with(asking: Asking, piece: str) -> tuple[Job, ...]:
    if len(piece) < SHORTEST_PIECE:
        return ()
    return operations.list_jobs(asking.platform, asking.actor, JobFilter(search=piece), LOOKED_AT).rows


def _likeness(name: str, job_id: str) -> float:
    return SequenceMatcher(None, name.lower(), job_id.lower()).ratio()


def _offer_runs(asking: Asking, fault: str, runs: tuple[Run, ...], question: str) -> Reply:
    """Offer runs, each by what tells it from the others."""
    if not runs:
        return Reply(f"{fault}\n{asking.say('hint_runs')}")
    rows = tuple((_run_button(asking, run),) for run in runs)
    return Reply("\n".join(filter(None, (fault, question))), rows)


def _run_button(asking: Asking, run: Run) -> Button:
    at = asking.moment(run.started_at or run.created_at)
    label = f"{run.job_id} · {asking.say(f'status_{run.status}')} · {at}"
    return _again(asking, label, run.run_id)


def _offer(asking: Asking, fault: str, names: list[str]) -> Reply:
    if not names:
        return Reply(f"{fault}\n{asking.say('hint_jobs')}")
    rows = tuple((_again(asking, name, name),) for name in names)
    return Reply(f"{fault}\n{asking.say('did_you_mean')}", rows)


def _again(asking: Asking, label: str, name: str) -> Button:
    """Return the button that asks the same of `name`, and keeps what stood behind the first word."""
    rest = asking.argument.partition(" ")[2]
    return Button(label, "again", f"{asking.command.name} {name} {rest}".strip())
