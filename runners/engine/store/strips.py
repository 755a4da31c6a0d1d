"""Heat strips: the last ends of many jobs at a glance, what runs now, and how long a run takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from runners.engine import clock
from runners.engine.approval import run_behind
from runners.engine.store.connection import Store

ENDS_KEPT = 30


class End(StrEnum):
    """How a run or a slot ended."""

    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    MISSED = "missed"


CODES = {"s": End.SUCCESS, "f": End.FAILED, "c": End.CANCELLED, "x": End.SKIPPED, "m": End.MISSED}


@dataclass(frozen=True, slots=True)
class Mark:
    """One end in a strip. `by` is a run id, or the reason why nothing ran; then `duration` is None.

    `slots` counts the slots behind the mark: 1, but many for a row of missed ones.
    """

    end: End
    at: datetime
    duration: timedelta | None
    slots: int
    by: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A job's last ends, oldest first, its active runs, and the durations of its last 50 successes.

    `waiting_runs` are those of the active ones that wait for a person's decision.
    """

    marks: tuple[Mark, ...]
    active_runs: tuple[str, ...]
    waiting_runs: tuple[str, ...]
    p50: timedelta | None
    p95: timedelta | None


def strips(store: Store, job_ids: Iterable[str]) -> dict[str, Strip]:
    """Return the strip of every job asked for, without rows that cannot be read; one round trip."""
    wanted = list(job_ids)
    pipeline = store.redis.pipeline(transaction=False)
    for job_id in wanted:
        pipeline.lrange(store.keys.strip(job_id), -ENDS_KEPT, -1)
        pipeline.smembers(store.keys.active_of_job(job_id))
        pipeline.smembers(store.keys.approvals(job_id))
        pipeline.lrange(store.keys.durations(job_id), 0, -1)
    answers = iter(pipeline.execute())
    return {
        job_id: _strip(marks, active, asked, durations)
        for job_id, marks, active, asked, durations in zip(wanted, answers, answers, answers, answers, strict=True)
    }


def usual_durations(store: Store, job_ids: Iterable[str]) -> dict[str, timedelta | None]:
    """Return what 95 % of each job's last successes took at most, None before the first one; one round trip."""
    wanted = list(job_ids)
    pipeline = store.redis.pipeline(transaction=False)
    for job_id in wanted:
        pipeline.lrange(store.keys.durations(job_id), 0, -1)
    found = zip(wanted, pipeline.execute(), strict=True)
    return {job_id: percentile(_durations(durations), 0.95) for job_id, durations in found}


def percentile(durations: Sequence[timedelta], fraction: float) -> timedelta | None:
    """Return the duration that `fraction` (0 to 1) of them do not exceed (nearest rank); None when there are none."""
    ranked = sorted(durations)
    return ranked[max(0, ceil(fraction * len(ranked)) - 1)] if ranked else None


def _strip(rows: list[str], active: set[str], asked: set[str], durations: list[str]) -> Strip:
    took = _durations(durations)
    marks = tuple(mark for row in rows if (mark := _mark(row)) is not None)
    waiting = active & {run_behind(approval) for approval in asked}
    return Strip(marks, tuple(sorted(active)), tuple(sorted(waiting)), percentile(took, 0.5), percentile(took, 0.95))


def _mark(row: str) -> Mark | None:
    try:
        code, moment, number, by = row.split("|")
        end, happened = CODES[code], clock.from_ms(int(moment))
        if end in (End.SKIPPED, End.MISSED):
            return Mark(end, happened, None, int(number), by)
        return Mark(end, happened, timedelta(milliseconds=int(number)), 1, by)
    except (KeyError, ValueError, OverflowError):
        return None


def _durations(texts: Iterable[str]) -> list[timedelta]:
    return [length for text in texts if (length := _duration(text)) is not None]


def _duration(text: str) -> timedelta | None:
    try:
        return timedelta(milliseconds=int(text))
    except (ValueError, OverflowError):
        return None
