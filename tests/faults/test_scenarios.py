"""Every scenario in its short form: the fault really strikes its window, and the books balance afterwards."""

from pathlib import Path

import pytest

from tests.faults.scenarios import SCENARIOS, Scenario, play

SHORT_SEC = 2.0


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_promises_hold_through(scenario: Scenario, transport: str, tmp_path: Path) -> None:
    report = play(scenario, transport, SHORT_SEC, tmp_path)

    print(report)
    assert report.struck > 0
    assert report.problems == ()
