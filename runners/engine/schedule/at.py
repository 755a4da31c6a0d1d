"""One point in time as people write it: RFC 3339, or a local time of the schedule's zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runners.engine.fields import fault, show
from runners.engine.schedule.zone import instant

FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
YEARS = range(1970, 2200)


def check_at(text: str) -> str:
    """Return `text` when it states a time in the years 1970 to 2199; the seconds may be left out."""
    try:
        read_at(text, "UTC")
    except ValueError:
        limit = f"a time of the years {YEARS.start} to {YEARS.stop - 1}"
        raise fault("at", f"at {show(text)} is not {limit}; write it as 2031-05-07T18:15:00Z") from None
    return text


def read_at(text: str, zone: str) -> datetime:
    """Return the UTC time, to the millisecond, that `text` means in `zone`; raises ValueError if none.

    A local time that the clocks skip is the moment of the jump; one that they repeat is the first of the two.
    """
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, minute, second, fraction, offset = match.groups()
    stamp = f"{day}T{minute}{second or ':00'}.{(fraction or '')[:3]:0<3}"
    written = datetime.fromisoformat(stamp + (offset or "").upper())
    if written.year not in YEARS:  # before it is converted: the first and the last year of all overflow
        raise ValueError(text)
    return instant(written, ZoneInfo(zone)) if written.tzinfo is None else written.astimezone(UTC)
