"""The short set of scenarios in their short form: the fault really strikes its window, and the books balance afterwards.

All others, and the long forms, are played by `scripts/chaos.py`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.alone import gaps
from tests.faults.scenarios import SCENARIOS, Scenario, play

SHORT_SEC = 1.0
SHORT_SET = {1, 2, 3, 4, 5, 8, 10, 11, 15, 18, 19, 21, 22, 28, 38}
EVERY_DAY = {(1, "streams")}


def plays() -> Iterator[object]:
    """Yield each scenario of the short set in each mode that it is for; one of them on every day."""
    for scenario in SCENARIOS:
        for mode in scenario.modes:
            marks = [] if (scenario.number, mode) in EVERY_DAY else [pytest.mark.slow]
            if scenario.number in SHORT_SET:
                yield pytest.param(scenario, mode, marks=marks, id=f"{scenario.name}-{mode}")


@pytest.mark.parametrize(("scenario", "mode"), list(plays()))
def test_the_promises_hold_through(scenario: Scenario, mode: str, tmp_path: Path) -> None:
    report = play(scenario, mode, SHORT_SEC, tmp_path)

    print(report)
    assert report.struck > 0
    assert report.problems == ()


def test_in_memory_the_books_see_a_slot_that_was_left_out():
    job = {"job_id": "job", "schedule": {"interval_sec": 10}}
    at = "2030-01-01T00:00:{:02}.000Z".format
    rows = [{"slot_at": at(start), "last_slot_at": at(end)} for start, end in ((0, 20), (30, 30), (40, 40))]

    assert list(gaps(job, [*rows, {"slot_at": None}])) == []
    assert list(gaps(job, [rows[0], rows[2]])) == [f"job job: {at(40)} was decided next after {at(20)}"]
