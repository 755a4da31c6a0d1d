"""The coming day in minutes: how many jobs fall due in each, and which minutes stand out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, sqrt
from statistics import median_low

from runners.engine.crowding import MINUTE, MINUTES, Coming, Timetable, minutes_of

APART = 10
"""Minutes between two peaks that are both named."""
STANDS_OUT = 3
"""A peak is above the usual minute by so many times what chance alone would spread it (the root of the usual number)."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A minute that stands out, and how many jobs fall due in it."""

    at: datetime
    jobs: int


@dataclass(frozen=True, slots=True)
class ComingDay:
    """The day that begins at `start`, a whole minute; `counts` are of its 1440 minutes, of `coming` jobs by id.

    `left_out` counts the jobs whose interval a guard holds: when their slots go on is not known.
    """

    start: datetime
    counts: tuple[int, ...]
    coming: Mapping[str, Coming]
    left_out: int

    @property
    def usual(self) -> int:
        """The jobs of the middle minute: half of the minutes have no more."""
        return int(median_low(self.counts))

    def peaks(self, most: int) -> list[Peak]:
        """Return at most `most` minutes that stand out, the fullest first, none close to a fuller one."""
        found: list[int] = []
        least = max(2, self.usual + 1, ceil(self.usual + STANDS_OUT * sqrt(self.usual)))
        for place in sorted(range(MINUTES), key=lambda place: (-self.counts[place], place)):
            count = self.counts[place]
            if len(found) == most or count < least:
                break
            if all(abs(place - other) >= APART for other in found):
                found.append(place)
        return [Peak(self.start + place * MINUTE, self.counts[place]) for place in found]

    def place_of(self, moment: datetime) -> int | None:
        """Return the number of the minute, None when it is not in the day."""
        place = (moment - self.start) // MINUTE
        return place if 0 <= place < MINUTES else None

    def due_in(self, place: int) -> list[str]:
        """Return the ids of the jobs that fall due in a minute, in their order."""
        found = (job_id for job_id, one in self.coming.items() if minutes_of(one, self.start) >> place & 1)
        return sorted(found)


def coming_day(start: datetime, coming: Mapping[str, Coming], left_out: int) -> ComingDay:
    """Return the day from `start` on."""
    timetable = Timetable(start, coming.values())
    return ComingDay(start, tuple(timetable.count(minute) for minute in range(MINUTES)), coming, left_out)
