"""How many jobs fall due in each minute: added up in few steps, and the same as counted slot by slot."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine.crowding import DAY, MINUTE, Coming, Crowding, Timetable, crowding, minutes_of, moved, when
from runners.engine.schedule import next_slot, parse

START = datetime(2026, 11, 27, 20, 31, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SPRING, AUTUMN = datetime(2026, 3, 28, 23, 10, tzinfo=UTC), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)


def walked(raw, start, anchor):
    """The minutes of a schedule, slot by slot."""
    schedule, minutes = parse(raw), 0
    slot = next_slot(schedule, start - timedelta(milliseconds=1), anchor)
    while slot is not None and slot < start + DAY:
        minutes |= 1 << (slot - start) // MINUTE
        slot = next_slot(schedule, slot, anchor)
    return minutes


def by_cron(expression, zone="UTC", delay=0):
    return Coming([expression, zone, delay], NEVER)


@pytest.mark.parametrize("start", [START, SPRING, AUTUMN], ids=["plain", "skipped hour", "repeated hour"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "expression", ["30 2 * * *", "*/7 * * * *", "@hourly", "5 */2 * * 1-5", "0 9 1 * 1", "59 23 * * 6", "0 0 29 2 *"]
)
def test_the_minutes_of_an_expression_are_those_of_its_slots(expression, zone, start):
    assert minutes_of(by_cron(expression, zone), start) == walked({"cron": expression, "timezone": zone}, start, start)


@pytest.mark.parametrize("interval", [1, 59, 60, 61, 90, 300, 3600, 5400, 86_400, 100_000, 864_000])
def test_the_minutes_of_an_interval_are_those_of_its_slots(interval):
    anchor = START - timedelta(seconds=1234.567)
    coming = Coming([interval], next_slot(parse({"interval_sec": interval}), START, anchor))

    assert minutes_of(coming, START) == walked({"interval_sec": interval}, START, anchor)


def test_one_time_has_its_one_minute_and_a_delay_moves_all():
    at = Coming([], START + 90 * MINUTE + timedelta(seconds=5))

    assert minutes_of(at, START) == 1 << 90
    assert minutes_of(Coming([], START + 2 * DAY), START) == 0
    assert minutes_of(by_cron("0 2 * * *", delay=130), START) == minutes_of(by_cron("2 2 * * *"), START)


def test_jobs_are_counted_minute_by_minute():
    jobs = [by_cron("0 2 * * *")] * 5 + [by_cron("0 * * * *")] * 2 + [Coming([30], START)] * 1000
    timetable = Timetable(START, jobs)

    counts = [timetable.count(minute) for minute in range(1440)]

    assert counts[329] == 1007  # 02:00
    assert counts[29] == 1002  # 21:00
    assert set(counts) == {1000, 1002, 1007}


@pytest.mark.parametrize(
    ("expression", "others", "found"),
    [
        ("0 2 * * *", [], Crowding(0, START + 329 * MINUTE)),
        ("0 2 * * *", ["0 2 * * *"] * 3, Crowding(3, START + 329 * MINUTE, 1, 0)),
        ("0 * * * *", ["0 2 * * *"] * 3 + ["1 5 * * *", "2 * * * *"], Crowding(3, START + 329 * MINUTE, 3, 0)),
        ("30 2 * * *", ["* * * * *"] * 2, Crowding(2, START + 359 * MINUTE)),
        ("*/15 2 * * *", ["30 2 * * *"] * 2, Crowding(2, START + 359 * MINUTE)),
        ("0 9 29 2 *", ["0 9 * * *"], Crowding(0, None)),
    ],
    ids=["alone", "move by one", "the nearest best", "nowhere better", "no single minute", "not in this day"],
)
def test_the_peak_of_a_job_and_where_it_had_better_go(expression, others, found):
    own = by_cron(expression)
    timetable = Timetable(START, [own, *map(by_cron, others)])

    assert crowding(parse({"cron": expression}), own, timetable) == found


def test_an_interval_says_its_peak_and_no_minute():
    own = Coming([3600], START + 29 * MINUTE)
    timetable = Timetable(START, [own, by_cron("0 2 * * *")])

    assert crowding(parse({"interval_sec": 3600}), own, timetable) == Crowding(1, START + 329 * MINUTE)


@pytest.mark.parametrize(
    ("expression", "there"), [("0 2 * * mon", "17 2 * * mon"), ("@daily", "17 0 * * *"), ("@hourly", "17 * * * *")]
)
def test_an_expression_is_moved_to_another_minute(expression, there):
    assert moved(expression, 17) == there


def test_what_is_kept_of_a_schedule():
    assert when(None, "a", timedelta()) == []
    assert when(parse({"at": "2031-01-01T00:00:00Z"}), "a", timedelta()) == []
    assert when(parse({"interval_sec": 90}), "a", timedelta()) == [90]
    assert when(parse({"cron": "0 2 * * *", "timezone": "Asia/Jakarta"}), "a", timedelta()) == [
        "0 2 * * *",
        "Asia/Jakarta",
        0,
    ]
