"""What became of many jobs' slots on each of some days: run, skipped or missed, from the newest rows of their ledgers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from runners.engine import clock
from runners.engine.store.connection import Store

ROWS_READ = 300
"""Of each job; with them a page of jobs is read in a few milliseconds."""
OUTCOMES = {"d": "ran", "s": "skipped", "m": "missed"}


@dataclass(slots=True)
class SlotDay:
    """How many slots of one day went out, were skipped by a guard, and were missed."""

    ran: int = 0
    skipped: int = 0
    missed: int = 0

    def __bool__(self) -> bool:
        """Say whether anything was decided."""
        return bool(self.ran or self.skipped or self.missed)


@dataclass(frozen=True, slots=True)
class SlotDays:
    """The days of one job, in the order asked for; from `complete_since` on nothing is missing (None: all is there)."""

    days: tuple[SlotDay, ...]
    complete_since: datetime | None = field(default=None)


def read_days(store: Store, job_ids: Sequence[str], starts: Sequence[datetime]) -> dict[str, SlotDays]:
    """Return what became of the slots on the days that begin at `starts` (ascending; the last one ends a day later).

    One round trip for all jobs. Rows that cannot be read are left out; a row of many slots is spread evenly over its time.
    """
    pipeline = store.redis.pipeline(transaction=False)
    for job_id in job_ids:
        pipeline.lrange(store.keys.ledger(job_id), -ROWS_READ, -1)
        pipeline.hexists(store.keys.ledgers_dropped, job_id)
    answers = iter(pipeline.execute(raise_on_error=False))
    edges = [clock.to_ms(start) for start in (*starts, starts[-1] + timedelta(days=1))]
    return {
        job_id: _days(rows, dropped, edges) for job_id, rows, dropped in zip(job_ids, answers, answers, strict=True)
    }


def _days(rows: object, dropped: object, edges: Sequence[int]) -> SlotDays:
    days = tuple(SlotDay() for _ in edges[1:])
    if not isinstance(rows, list):
        return SlotDays(days)
    read = [row for text in rows if (row := _row(text))]
    for outcome, first, last, count in read:
        for place, number in _spread(first, last, count, edges):
            setattr(days[place], outcome, getattr(days[place], outcome) + number)
    cut_off = dropped is True or dropped == 1 or len(rows) == ROWS_READ
    return SlotDays(days, clock.from_ms(read[0][1]) if cut_off and read else None)


def _row(text: str) -> tuple[str, int, int, int] | None:
    """Return outcome, first and last slot (ms) and count of a row (`decision.encode`) about slots; None for any other."""
    parts = text.split("|")
    try:
        if len(parts) > 11 and parts[11]:
            return None  # of a run that somebody asked for
        first, last, count = int(parts[1]), int(parts[2]), int(parts[3])
        clock.from_ms(first), clock.from_ms(last)
        return OUTCOMES[parts[0]], first, last, count
    except (IndexError, KeyError, ValueError, OverflowError):
        return None


def _spread(first: int, last: int, count: int, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the place of each day and how many of the row's slots lie in it."""
    step = (last - first) / (count - 1) if count > 1 else 0.0
    for place, (start, end) in enumerate(pairwise(edges)):
        number = _before(end, first, step, count) - _before(start, first, step, count)
        if number > 0:
            yield place, number


def _before(edge: int, first: int, step: float, count: int) -> int:
    """Return how many of the row's slots lie before `edge`."""
    if edge <= first:
        return 0
    return count if step <= 0 else min(count, int((edge - first - 1) // step) + 1)


def total(days: Iterable[SlotDay]) -> SlotDay:
    """Return the sum of some days."""
    listed = list(days)
    return SlotDay(*(sum(getattr(day, name) for day in listed) for name in OUTCOMES.values()))
