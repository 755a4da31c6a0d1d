"""/why and /forecast: why a job or a run waits, why a job did not run then, and when it will."""

from __future__ import annotations

from collections.abc import Iterator

from runners.connector.commands.asking import Asking
from runners.connector.commands.nearest import job_of
from runners.connector.reply import Button, Reply
from runners.engine import explain, operations
from runners.engine.forecast import FireTime
from runners.engine.guards import PASSED_BY_IGNORE, Hold
from runners.engine.job import Job
from runners.engine.schedule import in_words
from runners.engine.schedule.recent import length_of, read_recent

TIMES = 5


def why(asking: Asking) -> Reply:
    """Say why a job does, or does not, run now; with a time, what became of it then; of a run, what it waits for."""
    name, _, typed = asking.argument.partition(" ")
    if name.startswith("run_"):
        return _why_run(asking, name)
    found = job_of(asking, name)
    if isinstance(found, Reply):
        return found
    return _why_then(asking, found, typed.strip()) if typed.strip() else _why_now(asking, found)


def forecast(asking: Asking) -> Reply:
    """Say when a job is due next, and what may come in between."""
    found = job_of(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    times = operations.forecast(asking.platform, asking.actor, found.job_id, TIMES)
    schedule = in_words(found.spec.schedule, asking.actor.language)
    lines = [f"{found.job_id}: {schedule}", *([] if found.enabled else [asking.say("if_enabled")])]
    lines += [line for fire in times for line in _fire(asking, found, fire)] or [asking.say("no_slots")]
    return Reply("\n".join(lines), page=f"/ui/jobs/{found.job_id}")


def held_by(asking: Asking, job: Job, hold: Hold) -> str:
    """Return the sentence that says why a job waits."""
    group, language = job.controls.flow_group, asking.actor.language
    return asking.localized(explain.sentence(hold, job_id=job.job_id, flow_group=group, language=language))


def _why_now(asking: Asking, job: Job) -> Reply:
    found = operations.explain(asking.platform, asking.actor, job.job_id)
    lines = [f"{job.job_id}: {asking.localized(found.sentence)}"]
    if found.hold:
        lines.append(asking.localized(found.outlooks[found.hold.guard].said(asking.actor.language)))
    elif job.next_run_at:
        lines.append(asking.say("next", at=asking.moment(job.next_run_at)))
    return Reply("\n".join(lines), ways_out(asking, job, found.hold), page=f"/ui/jobs/{job.job_id}")


def _why_then(asking: Asking, job: Job, typed: str) -> Reply:
    at = read_recent(typed[:40], asking.zone, asking.now)
    if at is None:
        return Reply(asking.say("no_time", typed=typed[:40], job=job.job_id))
    then = operations.why_then(asking.platform, asking.actor, job.job_id, at, length_of(typed))
    said = asking.localized(then.said(asking.actor.language))
    run_id = then.found[0].run_id if then.found else None
    buttons = ((asking.button("log", "log", run_id),),) if run_id else ()
    return Reply(f"{job.job_id}, {asking.moment(at)}: {said}", buttons, page=f"/ui/jobs/{job.job_id}/decisions")


def _why_run(asking: Asking, run_id: str) -> Reply:
    found = operations.explain_run(asking.platform, asking.actor, run_id)
    return Reply(f"{found.run.job_id}: {asking.localized(found.sentence)}", page=f"/ui/runs/{run_id}")


def ways_out(asking: Asking, job: Job, hold: Hold | None) -> tuple[tuple[Button, ...], ...]:
    """Return the button that may end the wait, where there is one."""
    match hold.guard if hold else "" if job.enabled else "disabled":
        case guard if guard in PASSED_BY_IGNORE and asking.may("run_job"):
            return ((asking.button("start_anyway", "start_anyway", job.job_id),),)
        case "pending_approval":
            return ((asking.button("approvals", "approvals", job.job_id),),)
        case "paused" if asking.may("resume_job") and job.paused:
            return ((asking.button("resume", "resume", job.job_id),),)
        case "disabled" if asking.may("set_enabled"):
            return ((asking.button("enable", "enable", job.job_id),),)
    return ()


def _fire(asking: Asking, job: Job, fire: FireTime) -> Iterator[str]:
    yield f"• {asking.moment(fire.at_utc)}"
    if fire.hold:
        yield f"  {held_by(asking, job, fire.hold)}"
    for note in fire.notes:
        yield f"  {note.said(asking.actor.language)}"
