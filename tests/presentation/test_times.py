"""Times in words: every unit at its edge."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g

from runners.engine.preferences import Preferences
from webapp.presentation.times import (
    about,
    clock,
    duration,
    local,
    relative,
    stamp,
    unbroken,
    utc_clock,
    zone_name,
    zoned_clock,
)

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (0.4, "now"),
        (0.6, "in 1 s"),
        (59, "in 59 s"),
        (60, "in 1 min"),
        (3_599, "in 59 min"),
        (3_600, "in 1 h"),
        (86_400, "in 1 d"),
        (-1, "1 s ago"),
        (-119, "1 min ago"),
        (-200_000, "2 d ago"),
    ],
)
def test_a_moment_is_said_in_its_largest_unit(seconds: float, words: str):
    assert relative(NOW + timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 ms"),
        (0.0123, "12 ms"),
        (0.0999, "100 ms"),
        (0.2, "0.2 s"),
        (3, "3 s"),
        (9.96, "10 s"),
        (41.4, "41 s"),
        (60, "1 min"),
        (130, "2 min 10 s"),
        (3_660, "1 h 1 min"),
        (273_600, "3 d 4 h"),
        (-5, "0 ms"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(seconds: float, words: str):
    assert duration(timedelta(seconds=seconds)) == words


def test_no_duration_has_no_words():
    assert duration(None) == ""


def test_a_length_is_rounded_down_and_never_nothing():
    assert about(timedelta(seconds=0.2)) == "1 s"
    assert about(timedelta(minutes=21, seconds=59)) == "21 min"


@pytest.fixture
def indonesian() -> Iterator[None]:
    with Flask("webapp").test_request_context(headers={"Accept-Language": "id"}):
        g.preferences = Preferences(zone="Asia/Jakarta")
        yield


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "sekarang"), (180, "dalam 3 mnt"), (-12, "12 dtk lalu"), (7_200, "dalam 2 jam"), (-172_800, "2 hr lalu")],
)
def test_a_moment_is_said_in_the_language_of_the_reader(indonesian: None, seconds: float, words: str):
    assert relative(NOW + timedelta(seconds=seconds), NOW) == words


def test_a_duration_is_said_in_the_language_of_the_reader(indonesian: None):
    lengths = (0.012, 0.2, 130, 273_600)

    assert [duration(timedelta(seconds=length)) for length in lengths] == [
        "12 md",
        "0,2 dtk",
        "2 mnt 10 dtk",
        "3 hr 4 jam",
    ]


def test_a_time_is_shown_in_the_zone_of_the_reader(indonesian: None):
    assert (clock(NOW), zoned_clock(NOW), stamp(NOW)) == ("19:00:00", "19:00:00 WIB", "2030-01-01 19:00:00 WIB")
    assert utc_clock(NOW) == "12:00:00 UTC"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("cools down until 2030-01-01 12:00:00 UTC", "cools down until 2030-01-01 19:00:00 WIB"),
        ("2030-01-01 17:00:00 UTC to 2030-01-01 18:00:00 UTC", "2030-01-02 00:00:00 WIB to 2030-01-02 01:00:00 WIB"),
        ("at 2030-13-01 12:00:00 UTC", "at 2030-13-01 12:00:00 UTC"),
        ("at 9998-12-31 23:00:00 UTC", "at 9999-01-01 06:00:00 WIB"),
        ("at 9999-12-31 23:00:00 UTC", "at 9999-12-31 23:00:00 UTC"),
        ("every second", "every second"),
    ],
)
def test_times_in_a_sentence_are_of_the_zone_of_the_reader(indonesian: None, said: str, shown: str):
    assert local(said) == shown


def test_no_line_ends_within_a_time_and_the_rest_of_a_sentence_is_text():
    assert unbroken("<b> until 2030-01-01 12:00:00 UTC") == (
        '&lt;b&gt; until <span class="unbroken">2030-01-01 12:00:00</span> UTC'
    )


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("UTC", "UTC"), ("America/Sao_Paulo", "UTC-03"), ("Asia/Kathmandu", "UTC+0545"), ("Asia/Tokyo", "JST")],
)
def test_a_zone_without_a_name_is_called_by_its_number(zone: str, shown: str):
    with Flask("webapp").test_request_context():
        g.preferences = Preferences(zone=zone)
        assert zone_name(NOW) == shown
