"""What may be asked in chat, and how the answers read. Pure: text to command, facts to text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from runners.connector.reply import Command
from runners.engine import explain
from runners.engine.job import Job
from runners.engine.operations import Cancellation, Pauses
from runners.engine.pause import Pause
from runners.engine.run import Run
from runners.engine.store.facts import QueueFacts
from runners.engine.store.page import Page
from runners.engine.store.processes import Process, online
from runners.engine.words import Language

HELP = """\
/status  how the platform does
/jobs [text]  jobs, or those with the text in their id, type or tags
/why job  why a job does, or does not, run now
/runs [status]  the newest runs, or those in one status
/cancel run  stop a run, or take it out of the queue
/pause [job | flow NAME | priority NAME]  hold it, or everything; what runs goes on
/resume [job | flow NAME | priority NAME]  let it go on
/help  this list"""
ROWS = 15
ERROR_SHOWN = 120


def parse(text: str) -> Command | None:
    """Return the command that `text` begins with, None when it is none. The name of a bot after @ is passed over."""
    word, _, rest = text.strip().partition("\n")[0].partition(" ")
    name = word.partition("@")[0]
    return Command(name[1:].lower(), rest.strip()) if name.startswith("/") and len(name) > 1 else None


def greeting() -> str:
    """Return the answer to /start."""
    return f"This is multijob. You can ask:\n{HELP}"


def unknown(name: str) -> str:
    """Return the answer to a command that does not exist."""
    return f"/{name[:32]} is not a command. You can ask:\n{HELP}"


def status(queue: QueueFacts, processes: Sequence[Process], pauses: Pauses) -> str:
    """Return how the platform does: four lines, and one for each thing that is paused."""
    alive = online(processes)
    pressure = "on" if queue.pressure_mode else "off"
    wait = f", oldest for {queue.oldest_wait.total_seconds():.0f} s" if queue.oldest_wait else ""
    return "\n".join(
        (
            f"mode {queue.mode}",
            f"online: {_count(alive['scheduler'], 'scheduler')}, {_count(alive['worker'], 'worker')}",
            f"queue: {queue.depth} waiting{wait}; {queue.running} running, {queue.delayed} to be tried again",
            f"pressure {pressure}, {queue.held} held",
            *_pauses(pauses),
        )
    )


def _pauses(pauses: Pauses) -> list[str]:
    lines = [paused("everything", "", pauses.everything)] if pauses.everything else []
    lines += [paused("priority", priority, pause) for priority, pause in pauses.queues.items()]
    counted = ((pauses.flows, "flow group"), (pauses.jobs, "job"))
    return lines + [f"{_count(number, noun)} paused" for number, noun in counted if number]


def target(argument: str) -> tuple[str, str]:
    """Return what /pause and /resume name: ('everything', ''), ('flow', name), ('priority', name) or ('job', id)."""
    word, _, name = argument.partition(" ")
    if word.lower() in ("flow", "priority") and name.strip():
        return word.lower(), name.strip()
    return ("job", argument) if argument else ("everything", "")


def paused(kind: str, name: str, pause: Pause) -> str:
    """Return since when, and by whom, it is paused."""
    since = f" since {_moment(pause.since)}" if pause.since else ""
    return f"{_named(kind, name)} is paused{since} by {pause.by}"


def resumed(kind: str, name: str) -> str:
    """Return that it goes on."""
    return f"{_named(kind, name)} goes on, if nothing else pauses it"


def _named(kind: str, name: str) -> str:
    return {"flow": "flow group ", "priority": "priority ", "job": "", "everything": "everything"}[kind] + name


def jobs(page: Page[Job], language: Language) -> str:
    """Return one line for each job, reasons in `language`, and how many more there are."""
    if not page.rows:
        return "no jobs"
    return "\n".join([_count(page.total, "job"), *(_job(job, language) for job in page.rows), *_more(page)])


def runs(page: Page[Run]) -> str:
    """Return one line for each run, newest first, and how many more there are."""
    if not page.rows:
        return "no runs"
    return "\n".join([_count(page.total, "run"), *map(_run, page.rows), *_more(page)])


def cancelled(done: Cancellation) -> str:
    """Return what cancelling did."""
    run = done.run
    if done.status == "asked":
        return f"{run.run_id} of {run.job_id} is told to stop; it ends within a few seconds"
    return f"{run.run_id} of {run.job_id} is cancelled"


def _job(job: Job, language: Language) -> str:
    if not job.enabled:
        return f"{job.job_id} disabled"
    if job.held:
        why = explain.sentence(job.held.hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=language)
        return f"{job.job_id} held: {why}"
    if job.next_run_at:
        return f"{job.job_id} next {_moment(job.next_run_at)}"
    return f"{job.job_id} has no further slots" if job.spec.schedule else f"{job.job_id} has no schedule"


def _run(run: Run) -> str:
    error = f": {run.error.strip().splitlines()[0][:ERROR_SHOWN]}" if run.error and run.error.strip() else ""
    return f"{_moment(run.started_at or run.created_at)} {run.job_id} {run.status}{error}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _more(page: Page[Job] | Page[Run]) -> list[str]:
    rest = page.total - len(page.rows)
    return [f"and {rest} more"] if rest > 0 else []


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%SZ")
