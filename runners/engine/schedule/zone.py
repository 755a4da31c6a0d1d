"""Time zones: which names are accepted, and what a wall-clock time means where clocks are moved."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runners.engine.fields import fault, show

ONE_SECOND = timedelta(seconds=1)
LONGEST = 64
NOT_PLACES = ("Factory", "localtime", "posix", "posixrules", "right")
"""Files that a machine's directory of zones has beside the zones; they mean another thing on each machine, or none."""


def check_zone(name: str) -> str:
    """Return `name` when it is an IANA time zone; raises the fault otherwise, before any file is opened for a path."""
    if _looks_like_zone(name) and _exists(name):
        return name
    raise fault("timezone", f"timezone {show(name)} is not an IANA time zone; write one such as UTC or Asia/Jakarta")


def _looks_like_zone(name: str) -> bool:
    form = re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*){0,2}", name)
    return form is not None and len(name) <= LONGEST and name.partition("/")[0] not in NOT_PLACES


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def wall_clock(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what a clock on the wall shows at `at`: a naive local time."""
    return at.astimezone(zone).replace(tzinfo=None)


def instants(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the UTC times at which the wall clock shows `local`: none if it is skipped, two if it is repeated."""
    both = sorted({local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})
    return tuple(at for at in both if wall_clock(at, zone) == local)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the one UTC time that `local` means: the first of two, or the moment of the jump that skips it."""
    shown = instants(local, zone)
    return shown[0] if shown else _jump_over(local, zone)


def _jump_over(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks jump over `local`, to the second, by halving."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC).replace(microsecond=0) + ONE_SECOND
    while after - before > ONE_SECOND:
        middle = before + (after - before) // ONE_SECOND // 2 * ONE_SECOND
        if wall_clock(middle, zone) < local:
            before = middle
        else:
            after = middle
    return after
