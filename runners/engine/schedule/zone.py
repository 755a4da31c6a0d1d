"""Time zones: which names are accepted, and what a local time means where clocks are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ONE_SECOND = timedelta(seconds=1)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC time of the naive wall-clock time `local`.

    A time that the clocks skip is the moment of the jump; one that they repeat is the first of the two.
    """
    at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return at if wall_clock(at, zone) == local else jump_before(at, local, zone)


def wall_clock(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what a clock on the wall shows at `at`: a naive local time."""
    return at.astimezone(zone).replace(tzinfo=None)


def jump_before(at: datetime, local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks jumped over `local`, by halving; `at` lies at or after it."""
    low = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    high = at
    while high - low > ONE_SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if wall_clock(middle, zone) < local:
            low = middle
        else:
            high = middle
    return high


def check_zone(name: str) -> str:
    """Return `name` when it is an IANA time zone; raises the fault otherwise."""
    ZoneInfo(name)
    return name
