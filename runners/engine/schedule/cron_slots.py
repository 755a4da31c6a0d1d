"""From wall-clock times to moments: what a cron expression means where clocks are moved (docs/guards.md, DST).

An expression that names hours says *when*: a time that the clocks skip runs at the moment of the jump, one that they
repeat runs once, the first time. An expression that names every hour says *how often*: it keeps its pace through a
repeated hour, and has nothing to make up for a skipped one. cronsim decides by the first character of a field
instead, and so leaves out `*/15 2 * * *` on the day on which hour 2 is skipped, and runs `0 */2 * * *` twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runners.engine.schedule.cron_times import keeps_pace, local_times
from runners.engine.schedule.zone import instant, instants, wall_clock

LONGEST_REPEAT = timedelta(hours=3)
DAY = timedelta(days=1)


def next_fire(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return the first moment (UTC) strictly after `after` at which the expression fires; None if it never does."""
    return _next_paced(expression, zone, after) if keeps_pace(expression) else _next_named(expression, zone, after)


def _next_named(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Walk until a time means a moment after `after`: those that a jump skips all mean the same one."""
    moments = (instant(local, zone) for local in local_times(expression, wall_clock(after, zone)))
    return next((at for at in moments if at > after), None)


def _next_paced(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Take the next time when the clocks are not moved before it; look closer when they are."""
    shown = after.astimezone(zone)
    wall = shown.replace(tzinfo=None)
    near = next(local_times(expression, wall), None)
    if near is None:
        return None
    at = after + (near - wall)
    steady = near - wall < DAY and at.astimezone(zone).utcoffset() == shown.utcoffset()
    return at if steady else _next_across(expression, zone, after)


def _next_across(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Look back over the longest repetition, too: the second showing of an earlier time may be the next moment."""
    found: datetime | None = None
    for local in local_times(expression, wall_clock(after, zone) - LONGEST_REPEAT):
        if found is not None and instant(local, zone) > found:
            break
        later = [at for at in instants(local, zone) if at > after]
        found = min([*later, *([found] if found else [])], default=None)
    return found
