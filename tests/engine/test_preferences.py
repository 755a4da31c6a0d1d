"""What somebody may choose for the pages, and what is made of what is kept."""

from typing import Any

import pytest

from runners.engine.errors import Invalid
from runners.engine.preferences import Preferences, choose, read_preferences

CHOSEN = {"theme": "dark", "density": "compact", "language": "id", "zone": "Asia/Jakarta", "refresh_sec": 10}


def test_what_was_chosen_is_what_is_read_again():
    chosen = choose(CHOSEN)

    assert chosen == Preferences("dark", "compact", "id", "Asia/Jakarta", 10)
    assert read_preferences(chosen.to_json()) == chosen


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", None),
        ("density", ""),
        ("language", "fr"),
        ("zone", "Mars/Base"),
        ("zone", "../../etc/passwd"),
        ("zone", None),
        ("refresh_sec", 1),
        ("refresh_sec", 31),
        ("refresh_sec", True),
        ("refresh_sec", "2"),
        ("refresh_sec", 2.0),
    ],
)
def test_what_is_no_choice_is_refused_and_counts_for_nothing_where_it_is_kept(name: str, value: Any):
    wrong = {**CHOSEN, name: value}

    with pytest.raises(Invalid) as refused:
        choose(wrong)

    assert [problem.loc for problem in refused.value.problems] == [(name,)]
    assert read_preferences(wrong) == read_preferences({key: kept for key, kept in CHOSEN.items() if key != name})


@pytest.mark.parametrize("seconds", [0, 2, 30])
def test_pages_refresh_within_bounds_or_never(seconds: int):
    assert choose({**CHOSEN, "refresh_sec": seconds}).refresh_sec == seconds


def test_every_wrong_choice_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        choose({})

    assert {problem.loc for problem in refused.value.problems} == {(name,) for name in CHOSEN}


def test_fields_of_a_later_version_are_left_alone():
    assert read_preferences({"theme": "light", "font": "large"}) == Preferences("light")
