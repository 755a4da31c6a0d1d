"""The zone that is named behind a time: 'WIB', 'UTC', 'Europe/London', 'waktu London', 'new york time', 'in Singapore'."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from runners.planner.cursor import Cursor
from runners.planner.lexicon import ZONES

LONGEST_NAME = 3


def zone(cursor: Cursor, place: int) -> tuple[str | None, int]:
    """Return the zone that is named at a place and the place behind it; (None, place) when none is, or no known one."""
    word = cursor.low(place)
    if word in ZONES:
        return ZONES[word], place + 1
    if "/" in word:
        return (found, place + 1) if (found := _by_name().get(word)) else (None, place)
    led = cursor.skip(place, {"waktu", "in", "di"})
    for length in range(LONGEST_NAME, 0, -1):
        end = led + length
        if led == place and cursor.low(end) != "time":
            continue
        name = " ".join(cursor.low(at) for at in range(led, end))
        if found := _by_name().get(name):
            return found, end + (led == place)
    return None, place


@cache
def _by_name() -> dict[str, str]:
    """Return the zones of the machine by their names and by their cities, in lower case."""
    found = {}
    for name in sorted(available_timezones()):
        area, _, city = name.partition("/")
        if city and area not in ("Etc", "US", "Brazil", "Canada", "Chile", "Mexico"):
            found[city.rpartition("/")[2].lower().replace("_", " ")] = name
            found[name.lower()] = name
    return found
