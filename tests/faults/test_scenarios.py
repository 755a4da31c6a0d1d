"""Every scenario in its short form: the fault really strikes its window, and the books balance afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scenarios import SCENARIOS, Scenario, play

SHORT_SEC = 1.0
LONG = {
    "server-frozen",
    "server-slow",
    "worker-asked-to-stop",
    "poison-job",
    "timeout-ignored-with-grandchildren",
    "huge-payloads",
    "long-queue",
    "log-disk-full",
    "append-only-disk-full",
    "server-refusing",
    "server-emptied",
    "versions-mixed",
}


def plays() -> Iterator[object]:
    """Yield each scenario in one transport for every day, and in the other one, with the long ones, for the slow run."""
    for number, scenario in enumerate(SCENARIOS):
        often, seldom = ("streams", "lists")[:: 1 if number % 2 else -1]
        marks = [pytest.mark.slow] if scenario.name in LONG else []
        yield pytest.param(scenario, often, marks=marks, id=f"{scenario.name}-{often}")
        yield pytest.param(scenario, seldom, marks=pytest.mark.slow, id=f"{scenario.name}-{seldom}")


@pytest.mark.parametrize(("scenario", "mode"), list(plays()))
def test_the_promises_hold_through(scenario: Scenario, mode: str, tmp_path: Path) -> None:
    report = play(scenario, mode, SHORT_SEC, tmp_path)

    print(report)
    assert report.struck > 0
    assert report.problems == ()
