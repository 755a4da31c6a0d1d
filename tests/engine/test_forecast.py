"""A forecast names the coming slots, and what a clock change does to each."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine.forecast import forecast, with_crowds, with_overlaps
from runners.engine.schedule import parse
from runners.engine.words import Language
from tests.protocol.jobs import START


def words(time):
    return "; ".join(note.said(Language.EN) for note in time.notes)


def foretold(raw, now, count=2):
    times = forecast(parse(raw), datetime.fromisoformat(now).replace(tzinfo=UTC), count)
    return [(f"{each.at_utc:%d %H:%M}", f"{each.local:%H:%M%z}", words(each)) for each in times]


def test_a_slot_that_a_jump_moves_says_so():
    berlin = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}

    assert foretold(berlin, "2026-03-28T12:00") == [
        ("29 01:00", "03:00+0200", "the clocks skip 02:30 that day; it runs when they jump, at 03:00"),
        ("30 00:30", "02:30+0200", ""),
    ]


def test_a_slot_that_the_clocks_show_twice_says_when_it_runs():
    berlin = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}

    assert foretold(berlin, "2026-10-24T12:00") == [
        ("25 00:30", "02:30+0200", "the clocks show 02:30 twice that day; it runs the first time"),
        ("26 01:30", "02:30+0100", ""),
    ]


def test_a_pace_runs_in_both_showings():
    notes = [note for _, _, note in foretold({"cron": "30 * * * *", "timezone": "Europe/Berlin"}, "2026-10-25T00:00")]

    assert notes == ["the clocks show 02:30 twice that day; it runs both times"] * 2


def every_minute(count):
    return forecast(parse({"interval_sec": 60}), START, count, START)


@pytest.mark.parametrize(
    ("usual_sec", "busy_sec", "noted"),
    [
        (59, None, []),
        (60, None, []),  # it ends as the next one begins
        (61, None, [1, 2, 3, 4]),  # each waits a second longer than the one before
        (150, None, [1, 2, 3, 4]),
        (10, 61, [0]),
        (10, 60, []),
        (10, 190, [0, 1, 2]),
    ],
)
def test_slots_that_fall_due_while_a_run_is_likely_active_say_so(usual_sec, busy_sec, noted):
    busy_until = START + timedelta(seconds=busy_sec) if busy_sec else None

    told = with_overlaps(every_minute(5), timedelta(seconds=usual_sec), busy_until)

    assert [place for place, fire in enumerate(told) if words(fire)] == noted
    assert all(f"up to {usual_sec} s" in words(fire) for fire in told if fire.notes)


def test_a_slot_is_crowded_when_one_tick_cannot_take_all():
    told = with_crowds(every_minute(3), [79, 80, 500], cap=80)

    assert [fire.crowd for fire in told] == [79, 80, 500]
    assert [bool(fire.notes) for fire in told] == [False, True, True]
    assert words(told[2]) == "500 other jobs are due in the same second, and at most 80 go out in one tick"


@pytest.mark.parametrize(
    ("raw", "times"),
    [
        ({"interval_sec": 60}, ["01 00:01", "01 00:02"]),
        ({"at": "2026-01-05T00:00:00Z"}, ["05 00:00"]),
        ({"at": "2025-01-05T00:00:00Z"}, []),
        ({"cron": "0 12 * * *"}, ["01 12:00", "02 12:00"]),
    ],
)
def test_a_schedule_that_ends_has_fewer_slots(raw, times):
    assert [(at, note) for at, _, note in foretold(raw, "2026-01-01")] == [(at, "") for at in times]


def test_interval_slots_are_foretold_from_their_anchor():
    anchor = datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC)

    (slot,) = forecast(parse({"interval_sec": 60}), anchor.replace(second=30), 1, anchor)

    assert slot.at_utc == anchor.replace(minute=1)
