"""How long, as people write it: 30m, 2 hours, 1 jam. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = timedelta(days=7)
UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
SPELLED = {
    **dict.fromkeys(("m", "min", "minute", "minutes", "menit", "mnt"), "m"),
    **dict.fromkeys(("h", "hour", "hours", "jam", "j"), "h"),
    **dict.fromkeys(("d", "day", "days", "hari"), "d"),
}
FORM = re.compile(r"(\d{1,4}) ?([a-z]+)", re.ASCII)


def read_duration(typed: str) -> timedelta | None:
    """Return the length of time, at most a week; None for what is none, nothing at all, or longer."""
    found = FORM.fullmatch(typed.lower())
    unit = UNITS.get(SPELLED.get(found[2], "")) if found else None
    length = int(found[1]) * unit if found and unit else timedelta()
    return length if timedelta() < length <= LONGEST else None
