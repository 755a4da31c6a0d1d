"""When a clause wants its job to run, as it is written: what was read, word for word. `when` says what it means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from runners.planner.moments import Moment, in_part
from runners.planner.notes import Question, ask

WEEKDAY_NAMES = ("minggu", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu")


@dataclass
class Timing:
    """What was said: `every_sec` an interval, `months` a count of months, `weekdays` as cron counts them.

    `insisted` says that the interval was said twice, which settles that it counts, `time_insisted` the same of a time of day.
    `days` are those of the month.
    `excepted` are weekdays to leave out, `timed_before_except` says that a time stood before them. `each_weekday` says that
    the weekdays were said as ones that come again: 'every monday', 'mondays'.
    `business` says 'in working hours', `start` from when on, None for now or not said.
    `weekly` and `monthly` without a day, and `daily` without a time, are questions still. `after_sec` counts from now.
    """

    every_sec: int | None = None
    insisted: bool = False
    time_insisted: bool = False
    months: int | None = None
    daily: bool = False
    weekly: bool = False
    yearly: bool = False
    business: bool = False
    weekdays: tuple[int, ...] = ()
    each_weekday: bool = False
    excepted: tuple[int, ...] = ()
    timed_before_except: bool = False
    days: tuple[int, ...] = ()
    date: date | None = None
    ahead: int | None = None
    next_weekday: int | None = None
    this_weekday: int | None = None
    after_sec: int | None = None
    now: bool = False
    cron: str | None = None
    moments: list[Moment] = field(default_factory=list)
    start: Timing | None = None
    window: tuple[Moment, Moment] | None = None
    part: str | None = None
    questions: list[Question] = field(default_factory=list)

    def settle(self, name: str, value: object) -> None:
        """Set what was said once; another value said of the same is asked about, and never passed over."""
        if getattr(self, name) not in (None, value):
            self.questions.append(ask("one_schedule"))
        setattr(self, name, value)

    def be_in(self, part: str) -> None:
        """Take up the part of the day that is meant, also for the times that were read before it."""
        self.part = part
        self.moments = [in_part(read, part) for read in self.moments]

    def says_only(self, *names: str) -> bool:
        """Say whether nothing was said of when but what these fields hold."""
        return replace(self, **{name: getattr(UNSAID, name) for name in (*names, *NO_TIMES)}) == UNSAID

    @property
    def said(self) -> bool:
        """Say whether anything was said of when."""
        return self != Timing()

    @property
    def dated(self) -> bool:
        """Say whether one day was said: by its date, its distance, or as this or the next of its weekday."""
        return any(one is not None for one in (self.date, self.ahead, self.next_weekday, self.this_weekday))

    @property
    def recurs(self) -> bool:
        """Say whether something was said that comes again and again."""
        often = self.every_sec or self.months or self.days or self.weekdays or self.cron
        return bool(often or self.daily or self.weekly or self.yearly)


UNSAID = Timing()
NO_TIMES = ("insisted", "time_insisted", "part", "questions", "start", "timed_before_except")
"""The fields of a timing that only say how others were said."""
