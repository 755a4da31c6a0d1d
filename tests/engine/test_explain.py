"""Every hold in words: why, what blocks it, and until when."""

from datetime import timedelta

import pytest

from runners.engine.explain import sentence
from runners.engine.guards import GUARDS, Hold
from runners.engine.pause import Pause
from tests.protocol.jobs import START

UNTIL = START + timedelta(hours=1)
SENTENCES = {
    "paused": (
        Hold("paused", 1, 0, ("flow:etl",), 1, pause=Pause("flow:etl", START, "ana")),
        "flow group etl is paused since 2030-01-01 00:00:00 UTC by ana; it goes on when someone resumes it",
    ),
    "dispatch_cap": (
        Hold("dispatch_cap", 80, 80, until=UNTIL),
        "80 of 80 dispatches of this tick are used up; it goes first in the next tick",
    ),
    "pending_approval": (
        Hold("pending_approval", 2, 0, ("a", "b"), 2),
        "a person must decide first: 2 open approval(s) (a, b)",
    ),
    "cooldown": (
        Hold("cooldown", 4, 3, until=UNTIL),
        "cooling down until 2030-01-01 01:00:00 UTC after 4 failed runs in a row (threshold 3); "
        "reset its memory to go on now",
    ),
    "pressure": (
        Hold("pressure", 300, 180),
        "pressure mode: 300 runs wait; only critical jobs go out until at most 180 wait",
    ),
    "flow_limit": (
        Hold("flow_limit", 5, 5, ("run_a", "run_b", "run_c"), 5),
        "flow group etl has 5 of 5 runs active; it goes out when one of them ends (run_a, run_b, run_c and 2 more)",
    ),
    "overlap": (
        Hold("overlap", 1, 1, ("run_a",), 1),
        "an earlier run is still active, and the job does not allow overlap; it goes out when that run ends (run_a)",
    ),
}


@pytest.mark.parametrize("guard", [guard.__name__ for guard in GUARDS])
def test_each_guard_has_its_sentence(guard):
    hold, expected = SENTENCES[guard]

    assert sentence(hold, job_id="daily", flow_group="etl") == expected


def test_a_pause_says_what_it_knows_and_names_all_of_several():
    pause = Pause("everything", None, "rq suspend", UNTIL)

    assert sentence(Hold("paused", 1, 0, ("everything",), 1, UNTIL, pause), job_id="daily") == (
        "everything is paused by rq suspend until 2030-01-01 01:00:00 UTC; it goes on then, or when someone resumes it before"
    )
    assert sentence(Hold("paused", 2, 0, ("everything", "job"), 2, None, pause), job_id="daily").endswith(
        "resumes it (everything, job)"
    )


def test_braces_in_names_stay_text():
    text = sentence(Hold("flow_limit", 1, 1, ("{x}",), 1), job_id="{job_id}", flow_group="{until}")

    assert "{until}" in text
    assert "({x})" in text
