"""Progress: what can be shown is kept, what cannot be is refused by name, and a broken record shows none."""

import json
from decimal import Decimal

import pytest

from runners.engine.progress import as_progress, read_progress


@pytest.mark.parametrize(
    ("done", "total"), [(0, 1), (1, 3), (3, 3), (5, 3), (0.5, 1.5), (True, 2), (10**15, 10**15), (0.0, 1e-9)]
)
def test_what_can_be_shown_is_kept(done, total):
    shown = as_progress(done, total, "half")

    assert shown == {"done": done, "total": total, "note": "half"}
    assert read_progress(json.dumps(shown)) == shown


@pytest.mark.parametrize(
    ("done", "total", "named"),
    [
        (0, 0, "total 0 is not a number above 0"),
        (1, -1, "total -1 is not a number above 0"),
        (-1, 3, "done -1 is not a number from 0"),
        (float("nan"), 3, "done nan is not a number from 0"),
        (1, float("inf"), "total inf is not a number above 0"),
        ("1", 3, "done '1' is not a number from 0"),
        (None, 3, "done None is not a number from 0"),
        (Decimal(1), 3, "done Decimal('1') is not a number from 0"),
        (10**400, 3, "is not a number from 0"),
        ([1] * 1000, 3, "is not a number from 0"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(done, total, named):
    with pytest.raises(ValueError, match="progress: ") as refusal:
        as_progress(done, total)

    assert named in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_a_note_is_short_text():
    assert as_progress(1, 2, "x" * 1000)["note"] == "x" * 200
    assert as_progress(1, 2, 7)["note"] == "7"
    assert as_progress(1, 2, "\ud800")["note"] == "?"


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", "null", "7", '{"done":1}', '{"done":NaN,"total":1}', '{"done":1,"total":0}', "[" * 100_000],
)
def test_a_record_that_cannot_be_shown_shows_none(text):
    assert read_progress(text) is None
