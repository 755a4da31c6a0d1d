"""Forecasts against an oracle that works them out in another way, around the moments at which clocks are moved."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from runners.engine.forecast import forecast
from runners.engine.schedule import parse
from runners.engine.schedule.zone import check_zone
from tests.engine.cron_oracle import fires, read, stretch, transitions

FIRST, LAST = 2024, 2037
AROUND = timedelta(hours=36)
MARGIN = timedelta(hours=6)
DENSE = timedelta(hours=5)
SPECIAL = [
    *("30 2 * * *", "0 2 * * *", "*/15 2 * * *", "0 */2 * * *", "0 2,3 * * *", "59 1 * * *", "0 0 * * *", "30 0 * * *"),
    *("* * * * *", "*/5 * * * *", "30 * * * *", "0 0-23 * * *", "15,45 */1 * * *", "@hourly", "@daily", "@weekly"),
    *("0 3 * * SUN", "30 2 * * 7", "30 1 29 2 *", "30 2 * 3 SUN", "0 1 25-31 OCT *", "0 2 1 * MON", "*/10 1-3 * * *"),
    *("45 23 * * *", "0 22-23 * * FRI-SAT", "5 0-3 * * *", "0 0 1 1 *", "30 2 */2 * *", "0 4 * * 1-5", "10,40 2 * * *"),
]


def expressions(count):
    """Return `count` expressions: those that clocks are known to confuse, and some by chance, mostly of the night."""
    chance, made = random.Random(20240331), list(SPECIAL)
    minutes = ["0", "30", "59", "*/15", "*/20", "5,35", "10-50/20", "1", "45"]
    hours = ["0", "1", "2", "3", "*/2", "1-3", "0,2", "23", "*/3", "0-4", "2-3", "*", "1-5/2", "22-23", "4", "12"]
    days = ["*", "*", "*", "*/2", "1", "1-7", "25-31", "28"]
    months = ["*", "*", "*", "3,10,11", "MAR-APR", "SEP-NOV", "*/3"]
    weekdays = ["*", "*", "*", "SUN", "0", "7", "6-7", "FRI,SAT", "1-5", "*/2"]
    while len(made) < count:
        expression = " ".join(chance.choice(field) for field in (minutes, hours, days, months, weekdays))
        if expression not in made:
            made.append(expression)
    return made[:count]


@dataclass
class Checked:
    """What was compared."""

    zones: int = 0
    transitions: int = 0
    alike: int = 0
    windows: int = 0
    slots: int = 0
    moved: int = 0
    mismatches: int = 0

    def __str__(self):
        return (
            f"{self.zones} zones, {self.transitions} transitions {FIRST}-{LAST} ({self.alike} of them different), "
            f"{self.windows} windows, {self.slots} slots, {self.moved} of them moved or doubled, {self.mismatches} mismatches"
        )


def different_transitions(zones, checked):
    """Return each different move of wall clocks once, as (moment, a zone): from one local time to another one."""
    found = {}
    for name in sorted(zones):
        for at, before, after in transitions(ZoneInfo(name), FIRST, LAST):
            checked.transitions += 1
            found.setdefault((at + before, at + after), (at, name))
    checked.zones, checked.alike = len(zones), len(found)
    return set(found.values())


def compare(name, at, chosen, checked):
    seen = stretch(ZoneInfo(name), at - AROUND - MARGIN, at + AROUND + MARGIN)
    for expression in chosen:
        expected = fires(read(expression), seen)
        reach = DENSE if len(expected) > 200 else AROUND
        start, end = at - reach, at + reach
        wanted = {moment: kind for moment, kind in expected.items() if start < moment <= end}
        schedule = parse({"cron": expression, "timezone": name})
        told = [fire for fire in forecast(schedule, start, len(wanted) + 1) if fire.at_utc <= end]
        answered = {fire.at_utc: "".join(note.kind for note in fire.notes) for fire in told}
        checked.windows += 1
        checked.slots += len(wanted)
        checked.moved += sum(1 for kind in wanted.values() if kind)
        if answered != wanted or len(told) != len(answered):
            checked.mismatches += 1
            print(f"{name} {at} {expression!r}: expected {sorted(wanted.items())}, foretold {sorted(answered.items())}")


def every_zone():
    return {name for name in available_timezones() if accepted(name)}


def accepted(name):
    try:
        return bool(check_zone(name))
    except ValueError:
        return False


def test_the_oracle_reads_expressions_as_crontab_5_says():
    assert read("*/20 1-3,22 1 MAR-APR 7").minutes == {0, 20, 40}
    assert read("5/20 0 * * *").minutes == {5, 25, 45}
    assert read("0 1-3,22 1 MAR-APR 7").hours == {1, 2, 3, 22}
    assert (read("0 0 1 MAR-APR 7").months, read("0 0 1 * 7").weekdays) == ({3, 4}, {0})
    assert [read(text).either for text in ("0 0 1 * 7", "0 0 */2 * 7", "0 0 1 * *")] == [True, False, False]


def test_the_oracle_sees_the_clocks_of_berlin():
    berlin = transitions(ZoneInfo("Europe/Berlin"), 2026, 2026)

    assert [at for at, _, _ in berlin] == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]


@pytest.mark.parametrize("name", ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana"])
def test_what_is_foretold_around_two_years_of_moved_clocks_is_what_the_oracle_says(name):
    checked = Checked()
    changes = [at for at, _, _ in transitions(ZoneInfo(name), 2026, 2027)]

    for at in changes:
        compare(name, at, expressions(36), checked)

    assert (checked.mismatches, bool(changes), checked.moved > 20) == (0, True, True)


@pytest.mark.long
def test_what_is_foretold_around_every_transition_of_every_zone_is_what_the_oracle_says():
    checked, chosen = Checked(), expressions(200)

    for at, name in sorted(different_transitions(every_zone(), checked)):
        compare(name, at, chosen, checked)

    print(checked)
    assert (checked.mismatches, checked.zones > 400, checked.moved > 1000) == (0, True, True)
