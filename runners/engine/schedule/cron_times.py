"""The wall-clock times of a cron expression, without any time zone: what cronsim is used for."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError

ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
HOURS_OF_DAY = 24
LOOKS = 64
REFERENCE = datetime(2024, 1, 1)


def local_times(expression: str, after: datetime) -> Iterator[datetime]:
    """Yield the naive local times that match, strictly after the naive `after`, ascending; nothing if there are none."""
    try:
        times = copy(_walk(expression))
    except CronSimError:  # cronsim sees at once that some days never come
        return
    times.dt = after.replace(microsecond=0)
    yield from times


def keeps_pace(expression: str) -> bool:
    """Say whether the expression names every hour of the day: then it says how often, not at what time."""
    return len(_walk(expression).hours) == HOURS_OF_DAY


def times_of_day(expression: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the hours and the minutes that the expression names: on a day that it means, each hour with each minute."""
    walk = _walk(expression)
    return frozenset(walk.hours), frozenset(walk.minutes)


@lru_cache(maxsize=4096)
def shortest_gap(expression: str) -> timedelta:
    """Return the shortest time between two of the next 64 local times."""
    times = list(islice(local_times(expression, REFERENCE), LOOKS))
    return min(later - earlier for earlier, later in pairwise(times))


@lru_cache(maxsize=4096)
def _walk(expression: str) -> CronSim:
    """Return a walker to be copied: reading an expression costs more than a step of it. Raises CronSimError."""
    return CronSim(ALIASES.get(expression.strip().lower(), expression), REFERENCE)
