"""A forecast names the coming slots, and what a clock change does to each."""

from datetime import UTC, datetime

import pytest

from runners.engine.forecast import forecast
from runners.engine.schedule import parse
from runners.engine.words import Language


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
