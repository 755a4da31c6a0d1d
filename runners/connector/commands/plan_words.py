"""How a plan, and what became of it, read on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runners.connector.commands.asking import Asking, clock_of, one_line, zone_name
from runners.engine import explain
from runners.engine.forecast import FireTime
from runners.engine.job.difference import Absent, Difference
from runners.engine.schedule import in_words
from runners.planner import Executed, Execution, Plan, Planned
from runners.planner.risk import Level

TIMES = 3
DIFFERENCES = 6
VALUE_SHOWN = 60


def plan_text(asking: Asking, found: Plan) -> str:
    """Return what a plan would do: each job with its times, its risk and what is assumed; what cannot be done behind."""
    language = asking.actor.language
    blocks = ["\n".join(_job(asking, job)) for job in found.jobs]
    blocks += [refusal.said(language) for refusal in found.refusals]
    blocks += [warning.said(language) for warning in found.warnings]
    return "\n\n".join([found.summary(language), *blocks])


def result_text(asking: Asking, done: Execution) -> str:
    """Return what became of each job of a plan."""
    return "\n".join(line for result in done.results for line in _result(asking, result))


def _job(asking: Asking, job: Planned) -> Iterator[str]:
    language, group = asking.actor.language, job.spec.controls.flow_group
    yield f"{asking.say(f'plan_{job.action}', job=job.spec.job_id)} · {job.spec.type}"
    yield in_words(job.spec.schedule, language)
    if job.times:
        yield asking.say("plan_next", times=", ".join(_time(asking, job, fire) for fire in job.times[:TIMES]))
    if group:
        limit = job.spec.controls.flow_max_active_runs
        yield asking.say("plan_limited" if limit else "plan_group", group=group, count=limit)
    if job.action == "update":
        yield from map(_difference, job.diff[:DIFFERENCES])
        if len(job.diff) > DIFFERENCES:
            yield asking.say("more", count=len(job.diff) - DIFFERENCES)
    yield from (asking.say("assumed", text=note.said(language)) for note in job.assumptions)
    yield from (asking.say("noted", text=note.said(language)) for note in job.warnings)
    for hold in job.holds:
        why = explain.sentence(hold, job_id=job.spec.job_id, flow_group=group, language=language)
        yield asking.say("held_why", why=asking.localized(why))
    if job.risk.level is not Level.LOW or job.action != "create" or job.spec.requires_approval:
        reasons = "; ".join(reason.said(language) for reason in job.risk.reasons)
        yield asking.say("risk", level=asking.say(f"risk_{job.risk.level}"), reasons=reasons)


def _time(asking: Asking, job: Planned, fire: FireTime) -> str:
    """Return a slot in the zone of its schedule, which the person has just spoken of; one of an interval in his own."""
    if job.spec.schedule and job.spec.schedule.interval:
        return asking.moment(fire.at_utc)
    local, today = fire.local, asking.now.astimezone(fire.local.tzinfo)
    return f"{asking.day(local, today)}{clock_of(local)} {zone_name(local)}"


def _difference(change: Difference) -> str:
    return f"• {'.'.join(change.path)}: {_value(change.before)} → {_value(change.after)}"


def _value(value: Any) -> str:
    return "-" if isinstance(value, Absent) else one_line(str(value), VALUE_SHOWN)


def _result(asking: Asking, result: Executed) -> Iterator[str]:
    job = result.job.spec
    yield asking.say(f"made_{result.created}", job=job.job_id)
    if result.run:
        yield asking.say("run_begun", run=result.run.run_id)
    elif result.error:
        yield asking.say("run_refused", why=asking.spoken(result.error))
    elif result.job.times:
        yield asking.say("plan_next", times=_time(asking, result.job, result.job.times[0]))
