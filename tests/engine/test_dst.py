"""What cron times mean where clocks are moved: the tables of docs/guards.md."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runners.engine.schedule import next_slot, parse, slots_between
from runners.engine.schedule.zone import instant, instants, wall_clock

ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = [
    *("Europe/Berlin", "America/New_York", "America/Havana", "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut"),
    *("Australia/Lord_Howe", "Pacific/Chatham", "Antarctica/Troll", "America/Santiago", "Asia/Jakarta", "UTC"),
]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(expression, zone, start, end):
    schedule = parse({"cron": expression, "timezone": zone})
    return [f"{slot:%d %H:%M}" for slot in slots_between(schedule, utc(start), utc(end), ANCHOR, 100)]


@pytest.mark.parametrize(
    ("expression", "zone", "start", "end", "expected"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-03-28", "2026-03-31", ["28 01:30", "29 01:00", "30 00:30"]),
        ("*/15 2 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29T12:00", ["29 01:00"]),
        ("0 */2 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29T05:00", ["29 01:00", "29 02:00", "29 04:00"]),
        ("0 2,3 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29T12:00", ["29 01:00"]),
        ("30 2 * * *", "America/New_York", "2026-03-08", "2026-03-09", ["08 07:00"]),
        ("10,40 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T12:00", ["03 15:30", "03 15:40"]),
        ("0 0 * * *", "Africa/Cairo", "2026-04-23", "2026-04-25", ["23 22:00", "24 21:00"]),
        ("30 23 * * *", "Africa/Cairo", "2026-04-23", "2026-04-24", ["23 21:30"]),
    ],
)
def test_a_named_time_that_the_clocks_skip_runs_at_the_jump(expression, zone, start, end, expected):
    assert slots(expression, zone, start, end) == expected


@pytest.mark.parametrize(
    ("expression", "zone", "start", "end", "expected"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-26T12:00", ["25 00:30", "26 01:30"]),
        ("0 */2 * * *", "Europe/Berlin", "2026-10-24T23:30", "2026-10-25T04:00", ["25 00:00", "25 03:00"]),
        ("*/30 1 * * *", "America/New_York", "2026-11-01", "2026-11-01T12:00", ["01 05:00", "01 05:30"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00", "2026-04-05T12:00", ["04 14:45"]),
        ("30 0 * * *", "America/Havana", "2026-11-01", "2026-11-02", ["01 04:30"]),
    ],
)
def test_a_named_time_that_the_clocks_repeat_runs_once_the_first_time(expression, zone, start, end, expected):
    assert slots(expression, zone, start, end) == expected


@pytest.mark.parametrize("expression", ["0 * * * *", "*/30 * * * *", "30 0-23 * * *"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Africa/Cairo"])
def test_an_expression_of_every_hour_keeps_its_pace_through_a_year(expression, zone):
    schedule = parse({"cron": expression, "timezone": zone})

    fired = slots_between(schedule, ANCHOR, ANCHOR + timedelta(days=366), ANCHOR, 40_000)

    assert len({later - earlier for earlier, later in pairwise(fired)}) == 1


def test_the_second_showing_of_half_an_hour_is_not_passed_over():
    fired = slots("*/15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:25", "2026-04-04T15:35")

    assert fired == ["04 14:30", "04 14:45", "04 15:00", "04 15:15", "04 15:30"]


moments = st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
expressions = st.sampled_from(
    ["30 2 * * *", "*/15 2 * * *", "0 */2 * * *", "0 0 * * *", "*/20 * * * *", "5 * * * 0", "0 9 1 * *", "59 23 * * 6"]
)


@given(moments, expressions, st.sampled_from(ZONES))
@settings(max_examples=200, deadline=None)
def test_the_next_slot_is_the_first_one_and_says_so_from_any_start(after, expression, zone):
    schedule = parse({"cron": expression, "timezone": zone})

    slot = next_slot(schedule, after, ANCHOR)

    assert slot > after
    assert next_slot(schedule, slot - timedelta(microseconds=1), ANCHOR) == slot
    assert next_slot(schedule, after + (slot - after) / 2, ANCHOR) == slot


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1)),
    st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(ZONES),
)
@settings(max_examples=200, deadline=None)
def test_moments_keep_the_order_of_wall_clock_times(one, other, zone):
    earlier, later = sorted((one, other))

    assert instant(earlier, ZoneInfo(zone)) <= instant(later, ZoneInfo(zone))


@given(moments, st.sampled_from(ZONES))
@settings(max_examples=200, deadline=None)
def test_every_moment_is_among_those_that_its_wall_clock_time_shows(at, zone):
    assert at in instants(wall_clock(at, ZoneInfo(zone)), ZoneInfo(zone))
