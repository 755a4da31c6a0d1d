"""Why, why not, and when: what the guards say of a job now, what became of its slots, and when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runners.engine import explain as words
from runners.engine import forecast as forecasting
from runners.engine import guards
from runners.engine.forecast import FireTime
from runners.engine.guards import Hold, Verdict
from runners.engine.job import Job, JobSpec, validate
from runners.engine.operations.existing import existing_job
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store import guard_facts
from runners.engine.store.ledger import Ledger, read_ledger
from runners.engine.words import Language, say


@dataclass(frozen=True, slots=True)
class Explanation:
    """A dry run of every guard now: the first hold, None when the job may go, and one sentence about it."""

    job: Job
    verdicts: tuple[Verdict, ...]
    hold: Hold | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A valid spec that is not stored, and when it would be due."""

    spec: JobSpec
    times: list[FireTime]


@operation(Role.VIEWER)
def explain(platform: Platform, actor: Actor, job_id: str) -> Explanation:
    """Ask every guard about the job, changing nothing. Raises NotFound, and Unreadable, which holds the job too."""
    job = existing_job(platform.store, job_id)
    facts = guard_facts.read_one(platform.store, platform.settings, job)
    hold = guards.first_hold(job, facts)
    return Explanation(job, guards.verdicts(job, facts), hold, _sentence(job, hold, actor.language))


@operation(Role.VIEWER)
def decisions(platform: Platform, actor: Actor, job_id: str, limit: int) -> Ledger:
    """Return the newest `limit` decisions on the job, and how far back they are complete; a deleted job's are still there."""
    return read_ledger(platform.store, job_id, limit)


@operation(Role.VIEWER)
def forecast(platform: Platform, actor: Actor, job_id: str, count: int) -> list[FireTime]:
    """Return the job's next `count` slots as if it were enabled; none without a schedule. Raises NotFound."""
    job = existing_job(platform.store, job_id)
    if job.spec.schedule is None:
        return []
    return forecasting.forecast(job.spec.schedule, platform.store.now(), count, job.anchor_at)


@operation(Role.VIEWER)
def preview(platform: Platform, actor: Actor, raw: Mapping[str, Any], count: int) -> Preview:
    """Check a spec and forecast it, storing nothing. Raises Invalid with every problem."""
    spec = validate(raw, usable_catalog(platform, [raw]))
    times = forecasting.forecast(spec.schedule, platform.store.now(), count) if spec.schedule else []
    return Preview(spec, times)


def _sentence(job: Job, hold: Hold | None, language: Language) -> str:
    if hold:
        return words.sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=language)
    return say(f"idle.{_idle(job)}", language)


def _idle(job: Job) -> str:
    if not job.enabled:
        return "disabled"
    if job.next_slot_at is None:
        return "unscheduled" if job.spec.schedule is None else "over"
    return "due"
