"""When a clause wants its job to run, as it is written: what was read, word for word. `when` says what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from runners.planner.moments import Moment
from runners.planner.notes import Question

WEEKDAY_NAMES = ("minggu", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu")


@dataclass
class Timing:
    """What was said: `every_sec` an interval, `months` a count of months, `weekdays` as cron counts them.

    `insisted` says that the interval was said twice, which settles that it counts. `days` are those of the month.
    `business` says 'in working hours', `start` from when on, None for now or not said.
    `weekly` and `monthly` without a day, and `daily` without a time, are questions still. `after_sec` counts from now.
    """

    every_sec: int | None = None
    insisted: bool = False
    months: int | None = None
    daily: bool = False
    weekly: bool = False
    yearly: bool = False
    business: bool = False
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    date: date | None = None
    ahead: int | None = None
    next_weekday: int | None = None
    after_sec: int | None = None
    now: bool = False
    cron: str | None = None
    moments: list[Moment] = field(default_factory=list)
    start: Timing | None = None
    window: tuple[Moment, Moment] | None = None
    part: str | None = None
    questions: list[Question] = field(default_factory=list)

    @property
    def said(self) -> bool:
        """Say whether anything was said of when."""
        return self != Timing()

    @property
    def only_moments(self) -> bool:
        """Say whether nothing but times of day were said."""
        return bool(self.moments) and Timing(moments=self.moments) == self

    @property
    def recurs(self) -> bool:
        """Say whether something was said that comes again and again."""
        often = self.every_sec or self.months or self.days or self.weekdays or self.cron
        return bool(often or self.daily or self.weekly or self.yearly)
