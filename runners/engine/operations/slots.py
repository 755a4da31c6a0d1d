"""Slots of all jobs: those that fall due next, and what became of the last ones."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runners.engine.job import Job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.schedule import jitter_offset, next_slot
from runners.engine.store import attention, jobs
from runners.engine.store.slot_days import SlotDays, read_days


@dataclass(frozen=True, slots=True)
class NextSlot:
    """One coming slot: when it really goes out, with the job's own jitter, and whose it is."""

    at: datetime
    job: Job


@operation(Role.VIEWER)
def next_slots(platform: Platform, actor: Actor, count: int) -> list[NextSlot]:
    """Return the `count` slots of all jobs that fall due next, in the order of time; two round trips.

    A job whose next look is behind those of `count` others has none among them, so no other job is read.
    """
    found = jobs.load_jobs(platform.store, attention.due_next(platform.store, count)).values()
    heads = [(at, job.job_id, job) for job in found if job.enabled and (at := job.next_run_at)]
    heapq.heapify(heads)
    slots: list[NextSlot] = []
    while heads and len(slots) < count:
        at, job_id, job = heads[0]
        slots.append(NextSlot(at, job))
        following = _following(job, at)
        if following is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (following, job_id, job))
    return slots


@operation(Role.VIEWER)
def slot_days(
    platform: Platform, actor: Actor, job_ids: Sequence[str], starts: Sequence[datetime]
) -> dict[str, SlotDays]:
    """Return what became of each job's slots on the days that begin at `starts`; one round trip."""
    return read_days(platform.store, job_ids, starts)


def _following(job: Job, at: datetime) -> datetime | None:
    offset: timedelta = jitter_offset(job.job_id, job.controls.jitter)
    slot = next_slot(job.spec.schedule, at - offset, job.anchor_at) if job.spec.schedule else None
    return slot + offset if slot else None
