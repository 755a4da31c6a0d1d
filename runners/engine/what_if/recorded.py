"""From rows of the ledger to single slots and requests, oldest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runners.engine.clock import MILLISECOND
from runners.engine.decision import Decision, Outcome
from runners.engine.job import Job
from runners.engine.schedule import slots_between
from runners.engine.seen import Witnessed, witnessed

MOST_SLOTS = 2000
"""Slots of one replay; older ones are left out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One slot, or one request for a run, and the row of the ledger that speaks of it (of others, too, where they are counted).

    `saw` is what the guards saw; None where no guard decided, and in rows of older versions.
    """

    at: datetime
    decision: Decision
    saw: Witnessed | None


def expand(decisions: Sequence[Decision], job: Job, since: datetime) -> list[Recorded]:
    """Return the newest `MOST_SLOTS` that the rows (newest first) speak of, from `since` on, oldest first.

    A row that counts several is taken apart by the job's schedule of today, or into equal steps where that does not fit.
    """
    found: list[Recorded] = []
    for decision in decisions:
        if decision.last_slot_at < since or len(found) >= MOST_SLOTS:
            continue
        times = _times(decision, job, MOST_SLOTS - len(found))
        saw = _saw(decision)
        found += [Recorded(at, decision, saw) for at in times if at >= since]
    return sorted(found, key=lambda one: one.at)


def _saw(decision: Decision) -> Witnessed | None:
    if decision.outcome is Outcome.MISSED or not decision.seen:
        return None
    return witnessed(decision.seen, decision.decided_at, decision.blocked_by, asked=decision.asked)


def _times(decision: Decision, job: Job, most: int) -> list[datetime]:
    """Return the newest `most` times that a row counts."""
    first, last, count = decision.slot_at, decision.last_slot_at, decision.count
    if count == 1:
        return [last]
    schedule = job.spec.schedule
    if schedule and not decision.asked and count <= most:
        slots = slots_between(schedule, first - MILLISECOND, last, job.anchor_at, count + 1)
        if len(slots) == count:
            return slots
    return list(_equal_steps(first, last, count, min(count, most)))


def _equal_steps(first: datetime, last: datetime, count: int, newest: int) -> Iterator[datetime]:
    step = (last - first) / (count - 1)
    for back in range(newest):
        yield last - back * step
