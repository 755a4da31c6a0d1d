"""/jobs and /job: which jobs there are, and one of them."""

from __future__ import annotations

from collections.abc import Iterator

from runners.connector.commands.asking import Asking
from runners.connector.commands.nearest import job_of
from runners.connector.commands.reasons import held_by
from runners.connector.commands.runs import run_line
from runners.connector.reply import Button, Reply
from runners.engine import operations
from runners.engine.job import Job
from runners.engine.operations import JobFilter, Order, RunFilter
from runners.engine.schedule import in_words

ROWS = 12
LONGEST_SEARCH = 64


def jobs(asking: Asking) -> Reply:
    """List jobs, those that want looking at first; with a text, those that have it in their id, type or tags."""
    search = asking.argument[:LONGEST_SEARCH]
    wanted, order = JobFilter(search=search or None), Order.ATTENTION
    found = operations.list_jobs(asking.platform, asking.actor, wanted, ROWS, order=order)
    if not found.rows:
        return Reply(asking.say("no_jobs_with", search=search) if search else _none_yet(asking))
    more = found.total - len(found.rows)
    lines = [asking.say("jobs", count=found.total), *(job_line(asking, job) for job in found.rows)]
    return Reply("\n".join([*lines, *([asking.say("more", count=more)] if more > 0 else [])]), page="/ui/jobs")


def _none_yet(asking: Asking) -> str:
    return asking.say("no_jobs_make_one" if asking.may("plan") else "no_jobs")


def job(asking: Asking) -> Reply:
    """Show one job: what it does and when, how it does, and what may be done with it."""
    found = job_of(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    last = operations.list_runs(asking.platform, asking.actor, RunFilter(job_id=found.job_id), 1).rows
    lines = [
        f"{found.job_id} · {found.spec.type}",
        *([found.spec.description] if found.spec.description else []),
        *([in_words(found.spec.schedule, asking.actor.language)] if found.spec.schedule else []),
        _state(asking, found),
        *_controls(asking, found),
        *([asking.say("last_run", run=run_line(asking, last[0]))] if last else [asking.say("never_ran")]),
    ]
    return Reply("\n".join(lines), _buttons(asking, found), page=f"/ui/jobs/{found.job_id}")


def job_line(asking: Asking, job: Job) -> str:
    """Return a job as a line of a list."""
    return f"• {job.job_id}: {_state(asking, job)}"


def _state(asking: Asking, job: Job) -> str:
    if not job.enabled:
        return asking.say("disabled")
    if job.held:
        return asking.say("held_why", why=held_by(asking, job, job.held.hold))
    if job.paused:
        return asking.say("is_paused")
    if job.next_run_at:
        return asking.say("next", at=asking.moment(job.next_run_at))
    return asking.say("no_slots" if job.spec.schedule else "when_asked")


def _controls(asking: Asking, job: Job) -> Iterator[str]:
    if job.controls.flow_group:
        yield asking.say("flow_group", named=job.controls.flow_group)
    if job.controls.priority != "normal":
        yield asking.say("priority", named=job.controls.priority)
    if job.spec.requires_approval:
        yield asking.say("needs_approval")


def _buttons(asking: Asking, job: Job) -> tuple[tuple[Button, ...], ...]:
    """Return what may be done with it as it is now, by who asks."""
    asks = (asking.button("why", "why", job.job_id), asking.button("forecast", "forecast", job.job_id))
    acts: list[Button] = []
    if asking.may("run_job") and not job.paused:
        acts.append(asking.button("start", "start", job.job_id))
    if asking.may("pause_job"):
        acts.append(asking.button(*(("resume", "resume") if job.paused else ("pause", "pause")), job.job_id))
    if asking.may("set_enabled"):
        switch = ("disable", "again", f"disable {job.job_id}") if job.enabled else ("enable", "enable", job.job_id)
        acts.append(asking.button(*switch))
    return (asks, tuple(acts)) if acts else (asks,)
