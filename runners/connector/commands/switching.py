"""/start, /enable and /disable: what is done with a job by its name."""

from __future__ import annotations

from runners.connector.commands.asking import Asking
from runners.connector.commands.nearest import job_of
from runners.connector.commands.reasons import held_by, ways_out
from runners.connector.commands.runs import followed
from runners.connector.reply import Reply
from runners.engine import operations
from runners.engine.errors import Conflict
from runners.engine.guards import Hold
from runners.engine.job import Job


def start(asking: Asking) -> Reply:
    """Run a job now, under the guards of every run; the answer follows the run until it ends."""
    found = job_of(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    try:
        run = operations.run_job(asking.platform, asking.actor, found.job_id, source="chat", idempotency_key=asking.key)
    except Conflict as held:
        if held.hold is None:
            raise
        return _held(asking, found, held.hold)
    return followed(asking, run)


def start_anyway(asking: Asking) -> Reply:
    """Run a job now, past its cooldown or pressure mode, as it was just asked about."""
    run = operations.run_job(
        asking.platform,
        asking.actor,
        asking.argument,
        ignore_guards=True,
        source="chat",
        idempotency_key=asking.key,
    )
    return followed(asking, run)


def enable(asking: Asking) -> Reply:
    """Enable a job."""
    found = job_of(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    job = operations.set_enabled(asking.platform, asking.actor, found.job_id, True)
    following = asking.say("next", at=asking.moment(job.next_run_at)) if job.next_run_at else asking.say("when_asked")
    return Reply(asking.say("enabled", job=job.job_id, next=following), replaces=asking.command.pressed)


def disable(asking: Asking) -> Reply:
    """Disable a job, after it was asked about once more."""
    found = job_of(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    if not found.enabled:
        return Reply(asking.say("disabled_already", job=found.job_id), replaces=asking.command.pressed)
    if not asking.command.pressed:
        button = asking.button("disable_job", "disable", found.job_id, job=found.job_id)
        sure = asking.say("sure_disable", job=found.job_id)
        return Reply(sure, ((button,), (asking.button("keep", "keep"),)))
    operations.set_enabled(asking.platform, asking.actor, found.job_id, False)
    undo = asking.button("enable", "enable", found.job_id)
    return Reply(asking.say("disabled_now", job=found.job_id), ((undo,),), replaces=True)


def _held(asking: Asking, job: Job, hold: Hold) -> Reply:
    """Say what holds it, with the way out of it where there is one."""
    row = [asking.button("why", "why", job.job_id), *(one for ways in ways_out(asking, job, hold) for one in ways)]
    return Reply(asking.say("held_now", job=job.job_id, why=held_by(asking, job, hold)), (tuple(row),))
