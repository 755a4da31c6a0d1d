"""A schedule says when: strictly checked, in integer arithmetic, the same after every restart."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.engine.errors import Invalid
from runners.engine.schedule import (
    Kind,
    Misfire,
    count_between,
    jitter_offset,
    next_slot,
    parse,
    shortest_gap,
    slots_between,
)

ANCHOR = datetime(2026, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def problems(raw):
    with pytest.raises(Invalid) as caught:
        parse(raw)
    return [problem.msg for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("raw", "messages"),
    [
        ({}, ["schedule does not say when; give exactly one of interval_sec, cron, at"]),
        ({"interval_sec": None}, ["schedule does not say when; give exactly one of interval_sec, cron, at"]),
        ({"interval_sec": 5, "cron": "@daily"}, ["schedule says interval_sec and cron; give exactly one of interval_sec, cron, at"]),
        ({"interval_sec": 0}, ["interval_sec 0 is not a whole number from 1 to 31622400"]),
        ({"interval_sec": 31_622_401}, ["interval_sec 31622401 is not a whole number from 1 to 31622400"]),
        ({"interval_sec": True}, ["interval_sec true is not a whole number from 1 to 31622400"]),
        ({"interval_sec": "5"}, ["interval_sec '5' is not a whole number from 1 to 31622400"]),
        ({"interval_sec": 5.0}, ["interval_sec 5.0 is not a whole number from 1 to 31622400"]),
        ({"interval_sec": float("nan")}, ["interval_sec nan is not a whole number from 1 to 31622400"]),
        ({"interval_sec": 10**5000}, ["interval_sec <int> is not a whole number from 1 to 31622400"]),
        ({"interval_sec": 5, "misfyre": "skip"}, ["unknown field 'misfyre'; did you mean 'misfire'?"]),
        ({"cron": 5}, ["cron 5 is not text"]),
        ({"at": 5}, ["at 5 is not text"]),
        ({"interval_sec": 5, "misfire": "all"}, ["misfire 'all' is not one of 'skip', 'run_once' or 'run_all'"]),
        ({"interval_sec": 5, "misfire_grace_sec": -1}, ["misfire_grace_sec -1 is not a whole number from 0 to 31622400"]),
        (
            {"cron": "61 * * * *", "timezone": "Mars", "misfire": 1},
            [
                "cron: minute 61 is not in 0-59",
                "timezone 'Mars' is not an IANA time zone; write one such as UTC or Asia/Jakarta",
                "misfire 1 is not one of 'skip', 'run_once' or 'run_all'",
            ],
        ),
        ("daily", ["body 'daily' is not an object"]),
    ],
)  # fmt: skip
def test_every_problem_of_a_schedule_is_named_at_once(raw, messages):
    assert problems(raw) == messages


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Mars",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe/../UTC",
        "localtime",
        "posixrules",
        "right/UTC",
        "posix/UTC",
        "Factory",
        "Europe",
        "UTC\0",
        "Europe/Berlin ",
        "\u0395urope",
        "A" * 1_000_000,
        "C:\\zone",
        "Europe\\Berlin",
    ],
)
def test_a_zone_that_is_none_is_refused_in_less_than_ten_milliseconds(zone):
    def elapsed():
        started = time.process_time()
        assert problems({"interval_sec": 5, "timezone": zone})[0].startswith("timezone ")
        return time.process_time() - started

    assert min(elapsed() for _ in range(3)) < 0.01


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2031-05-07T18:15:00Z", "UTC", "2031-05-07T18:15:00.000Z"),
        ("2031-05-07t18:15:00.123456789z", "UTC", "2031-05-07T18:15:00.123Z"),
        ("2031-05-07 18:15:00+07:00", "UTC", "2031-05-07T11:15:00.000Z"),
        ("2031-05-07T18:15", "Asia/Jakarta", "2031-05-07T11:15:00.000Z"),
        ("2031-05-07T18:15:00Z", "Asia/Jakarta", "2031-05-07T18:15:00.000Z"),
        ("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
    ],
)
def test_a_point_in_time_without_offset_is_a_local_time_of_the_zone(text, zone, expected):
    assert parse({"at": text, "timezone": zone}).to_json()["at"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2031-05-07",
        "2031-13-07T18:15:00Z",
        "2031-02-30T18:15:00Z",
        "2031-05-07T24:15:00Z",
        "2031-05-07T18:15:60Z",
        "\u0662031-05-07T18:15:00Z",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2031-05-07T18:15:00+25:00",
        "2031-05-07T18:15:00Z\n",
        "20310507T181500Z",
        "2031-05-07T18:15:00 Z",
    ],
)
def test_what_is_not_a_time_of_two_centuries_is_refused(text):
    assert problems({"at": text})[0].startswith("at ")


def test_the_defaults_depend_on_the_kind():
    interval, cron, at = parse({"interval_sec": 5}), parse({"cron": "@daily"}), parse({"at": "2031-01-01T00:00:00Z"})

    assert [each.kind for each in (interval, cron, at)] == [Kind.INTERVAL, Kind.CRON, Kind.AT]
    assert [each.misfire_grace for each in (interval, cron, at)] == [None, timedelta(seconds=60), None]
    assert {each.misfire for each in (interval, cron, at)} == {Misfire.RUN_ONCE}
    assert parse({"cron": "@daily", "misfire_grace_sec": None}).misfire_grace is None


@pytest.mark.parametrize(
    "raw",
    [
        {"interval_sec": 5, "misfire": "run_all", "misfire_grace_sec": 0},
        {"cron": "*/5 * * * *", "timezone": "Asia/Jakarta"},
        {"cron": "*/5 * * * *", "misfire_grace_sec": None},
        {"at": "2031-05-07T18:15", "timezone": "Europe/Berlin"},
    ],
)
def test_a_schedule_reads_back_what_it_writes(raw):
    assert parse(parse(raw).to_json()) == parse(raw)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (ANCHOR - 5 * DAY, ANCHOR + 10 * SECOND),
        (ANCHOR, ANCHOR + 10 * SECOND),
        (ANCHOR + 9.999 * SECOND, ANCHOR + 10 * SECOND),
        (ANCHOR + 10 * SECOND, ANCHOR + 20 * SECOND),
        (ANCHOR + 10.001 * SECOND, ANCHOR + 20 * SECOND),
        (ANCHOR + 36_500 * DAY, ANCHOR + 36_500 * DAY + 10 * SECOND),
    ],
)
def test_interval_slots_are_counted_from_the_anchor_and_never_drift(after, expected):
    assert next_slot(parse({"interval_sec": 10}), after, ANCHOR) == expected


def test_a_point_in_time_has_one_slot():
    once = parse({"at": "2031-01-01T00:00:00Z"})

    assert next_slot(once, once.at - SECOND, ANCHOR) == once.at
    assert next_slot(once, once.at, ANCHOR) is None
    assert count_between(once, once.at - SECOND, once.at, ANCHOR) == 1


def test_slots_between_stop_at_the_end_and_at_the_limit():
    each_second = parse({"interval_sec": 1})

    assert slots_between(each_second, ANCHOR, ANCHOR + 3 * SECOND, ANCHOR, 10) == [
        ANCHOR + k * SECOND for k in (1, 2, 3)
    ]
    assert slots_between(each_second, ANCHOR, ANCHOR + 36_500 * DAY, ANCHOR, 2) == [
        ANCHOR + SECOND,
        ANCHOR + 2 * SECOND,
    ]
    assert slots_between(each_second, ANCHOR + SECOND, ANCHOR, ANCHOR, 10) == []


def test_the_slots_of_a_century_are_counted_without_walking_them():
    started = time.process_time()

    count = count_between(parse({"interval_sec": 1}), ANCHOR, ANCHOR + 36_500 * DAY, ANCHOR)

    assert count == 36_500 * 86_400
    assert time.process_time() - started < 0.01


whens = st.integers(-(10**6), 10**9).map(lambda ms: ANCHOR + timedelta(milliseconds=ms))


@given(st.integers(1, 5000), whens, st.integers(0, 500_000))
def test_counting_agrees_with_walking(interval_sec, start, span_sec):
    schedule, end = parse({"interval_sec": interval_sec}), start + timedelta(seconds=span_sec)

    walked = slots_between(schedule, start, end, ANCHOR, 200)

    assert len(walked) == min(200, count_between(schedule, start, end, ANCHOR))
    assert all(start < slot <= end and (slot - ANCHOR) % schedule.interval == timedelta() for slot in walked)


def test_cron_slots_are_counted_by_walking():
    daily = parse({"cron": "0 9 * * *"})

    assert count_between(daily, ANCHOR, ANCHOR + 7 * DAY, ANCHOR) == 7


@given(st.text("abcXYZ09._-", min_size=1, max_size=128), st.integers(0, 10**6))
def test_a_jobs_jitter_is_stable_and_within_its_range(job_id, jitter_sec):
    offset = jitter_offset(job_id, timedelta(seconds=jitter_sec))

    assert timedelta() <= offset <= timedelta(seconds=jitter_sec)
    assert offset == jitter_offset(job_id, timedelta(seconds=jitter_sec))


def test_jobs_spread_over_their_jitter():
    offsets = {jitter_offset(f"job-{number}", timedelta(seconds=60)) for number in range(200)}

    assert len(offsets) > 190
    assert min(offsets) < timedelta(seconds=5) and max(offsets) > timedelta(seconds=55)


@pytest.mark.parametrize(
    ("expression", "gap"),
    [("* * * * *", 1), ("*/7 * * * *", 4), ("0 9,10 * * 1", 60), ("0 0 * * *", 1440), ("@yearly", 365 * 1440)],
)
def test_the_shortest_gap_of_a_cron_expression_is_known(expression, gap):
    assert shortest_gap(expression) == timedelta(minutes=gap)
