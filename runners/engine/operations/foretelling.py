"""When: a job's coming slots, or those of a spec that is not stored, with what there is to know of each."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runners.engine import guards
from runners.engine.agents.sharing import Sharing
from runners.engine.clock import MILLISECOND
from runners.engine.errors import Unreadable
from runners.engine.forecast import FireTime, with_crowds, with_overlaps
from runners.engine.forecast import forecast as fire_times
from runners.engine.guards import Facts
from runners.engine.job import Job, JobSpec, validate
from runners.engine.operations.existing import existing_job
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.outlook import outlook
from runners.engine.platform import Platform
from runners.engine.schedule import jitter_offset
from runners.engine.store import guard_facts
from runners.engine.store.blocking import load_blocking
from runners.engine.store.crowds import crowds
from runners.engine.store.memory_users import sharing
from runners.engine.store.strips import usual_durations


@dataclass(frozen=True, slots=True)
class Preview:
    """A valid spec that is not stored, when it would be due, and whose memory its agent would share; None for no others'."""

    spec: JobSpec
    times: list[FireTime]
    sharing: Sharing | None


@operation(Role.VIEWER)
def forecast(platform: Platform, actor: Actor, job_id: str, count: int) -> list[FireTime]:
    """Return the job's next undecided `count` slots, of a disabled job as if it were enabled. Raises NotFound.

    Each says what moved clocks, a run that is likely still active, and a crowd will do to it; the first, what would hold
    it now.
    """
    job = existing_job(platform.store, job_id)
    if job.spec.schedule is None or (job.enabled and job.next_slot_at is None):
        return []
    times = fire_times(job.spec.schedule, _undecided_after(job, platform.store.now()), count, job.anchor_at)
    own = job.next_slot_at if job.enabled and job.held is None else None
    return _held(platform, job, _crowded(platform, job.spec, times, own))


@operation(Role.VIEWER)
def preview(platform: Platform, actor: Actor, raw: Mapping[str, Any], count: int) -> Preview:
    """Check a spec and forecast it, storing nothing. Raises Invalid with every problem."""
    return foretold(platform, validate(raw, usable_catalog(platform, [raw])), count)


def foretold(platform: Platform, spec: JobSpec, count: int) -> Preview:
    """Return when the job of a valid spec would be due."""
    times = fire_times(spec.schedule, platform.store.now(), count) if spec.schedule else []
    return Preview(spec, _crowded(platform, spec, times, None), sharing(platform.store, spec))


def _undecided_after(job: Job, now: datetime) -> datetime:
    """Return the time behind which no slot is decided: after a clock was set back, that lies ahead."""
    return max(now, job.next_slot_at - MILLISECOND) if job.enabled and job.next_slot_at else now


def _crowded(platform: Platform, spec: JobSpec, times: list[FireTime], own: datetime | None) -> list[FireTime]:
    """Count who else is due; `own` is the slot with which the job itself stands in the index."""
    offset = jitter_offset(spec.job_id, spec.controls.jitter)
    found = crowds(platform.store, [fire.at_utc + offset for fire in times])
    others = [max(0, count - (fire.at_utc == own)) for fire, count in zip(times, found, strict=True)]
    return with_crowds(times, others, platform.settings.max_dispatch_per_tick)


def _held(platform: Platform, job: Job, times: list[FireTime]) -> list[FireTime]:
    """Say what would hold the first slot now, and which ones likely find an earlier run active."""
    with suppress(Unreadable):
        facts = guard_facts.read_one(platform.store, platform.settings, job)
        hold = guards.first_hold(job, facts)
        usual = usual_durations(platform.store, [job.job_id])[job.job_id]
        if usual is not None and not job.controls.allow_overlap:
            times = with_overlaps(times, usual, _busy_until(platform, job, facts))
        return [replace(fire, hold=hold if place == 0 else None) for place, fire in enumerate(times)]
    return times


def _busy_until(platform: Platform, job: Job, facts: Facts) -> datetime | None:
    """Return until when the job's active run likely goes on; None when none is active, or nobody can tell."""
    hold = guards.overlap(job, facts)
    return outlook(hold, facts.now, load_blocking(platform.store, hold.blocked_by), 0).at if hold else None
