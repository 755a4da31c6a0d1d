"""A strict validator of five-field cron expressions; cronsim only reads what passed here.

Numbers, names (JAN, MON), ranges, lists and steps, as in crontab(5); 7 is Sunday, too; @hourly to @yearly. When both
day-of-month and day-of-week are restricted, either is enough (Vixie cron), unless one of them begins with a star.
Nothing of cronsim's own language (seconds, L, W, #) is let through, so that an expression means the same everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from runners.engine.fields import fault, show
from runners.engine.schedule.cron_times import ALIASES, local_times

LONGEST = 128
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
TERM = re.compile(r"(?:\*|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:/([0-9]+))?")
RAREST = timedelta(days=8 * 365 + 2)
REFERENCE = datetime(2024, 3, 1)
CYCLE_YEARS = 28
"""After 28 years leap years and weekdays repeat (until 2100), so a look from any start sees no other gaps."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of the five fields: its name, its lowest and highest value, and the names of its values."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def problems(self, text: str) -> list[str]:
        """Return what is wrong with the field's text, one sentence per term."""
        return [problem for term in text.split(",") for problem in self._term_problems(term)]

    def _term_problems(self, term: str) -> list[str]:
        match = TERM.fullmatch(term)
        if match is None:
            return [f"{self.name} {show(term)} is not a number, a name, a range, a list or a step"]
        first, last, step = match.groups()
        problems = [f"{self.name} {end} is not in {self.low}-{self.high}" for end in (first, last) if self._off(end)]
        if step is not None and not 1 <= int(step) <= self.high:
            problems.append(f"{self.name} step {step} is not in 1-{self.high}")
        if not problems and last is not None and self._value(first) > self._value(last):
            problems.append(f"{self.name} {term} runs backwards; write it as a list")
        return problems

    def _off(self, text: str | None) -> bool:
        return text is not None and not self.low <= self._value(text) <= self.high

    def _value(self, text: str) -> int:
        """Return the number that `text` means; -1, which is in no range, when it means none."""
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.low
        return int(text) if text.isdigit() else -1


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day-of-month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day-of-week", 0, 7, WEEKDAYS),
)


def check_cron(expression: str) -> str:
    """Return `expression`, single-spaced, when it will fire; raises the fault that names every wrong part.

    At most 128 ASCII characters; two fire times are never more than 8 years apart.
    """
    problems = _problems(expression)
    if problems:
        raise fault("cron", f"cron: {'; '.join(problems)}")
    return " ".join(expression.split())


def _problems(expression: str) -> list[str]:
    if len(expression) > LONGEST:
        return [f"has {len(expression)} characters; write at most {LONGEST}"]
    if not expression.isascii() or not expression.isprintable():
        return [f"{show(expression)} holds characters that cron does not know"]
    if expression.strip().startswith("@"):
        known = expression.strip().lower() in ALIASES
        return [] if known else [f"{show(expression)} is not one of {', '.join(ALIASES)}"]
    texts = expression.split()
    if len(texts) != len(FIELDS):
        return [f"{show(expression)} has {len(texts)} fields; write five: minute hour day-of-month month day-of-week"]
    problems = [problem for field, text in zip(FIELDS, texts, strict=True) for problem in field.problems(text)]
    return problems or ([] if _fires(expression) else [f"{show(expression)} does not fire within 8 years"])


@lru_cache(maxsize=4096)
def _fires(expression: str) -> bool:
    """Say whether no two fire times of a whole cycle are more than 8 years apart."""
    last = REFERENCE
    while last.year < REFERENCE.year + CYCLE_YEARS:
        following = next(local_times(expression, last), None)
        if following is None or following - last > RAREST:
            return False
        last = datetime(following.year, 12, 31, 23, 59)
    return True
