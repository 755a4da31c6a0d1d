"""Times in words: every unit at its edge."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.presentation.times import about, duration, relative

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
