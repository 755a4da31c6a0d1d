"""The books tell a start that nobody marked from one that nobody could have marked."""

import pytest

from tests.faults.books import forgotten, unmarked
from tests.faults.oracle import Start


def start(claimed_at: str, *, attempt: int = 0, redelivered: bool = False) -> Start:
    return Start("run_1", "daily", attempt, redelivered, pid=7, started_at=1.0, claimed_at=claimed_at)


@pytest.mark.parametrize(
    ("starts", "token", "problem"),
    [
        ([start("first")], 1, None),
        ([start("first"), start("second", redelivered=True)], 3, None),
        ([start("first"), start("second", attempt=1)], 2, None),
        ([start("first"), start("second")], 2, "started again without a mark"),
        ([start("first"), start("first")], 1, "started again without a mark"),
        ([start("first"), start("second")], 1, "the server had forgotten a claim"),
    ],
    ids=["once", "given back", "next attempt", "not marked", "one claim carried out twice", "claim forgotten"],
)
def test_a_second_start_carries_a_mark_unless_the_server_forgot_the_first(starts, token, problem):
    found = list(unmarked(starts, forgotten(starts, {"run_1": token})))

    assert bool(found) == bool(problem)
    assert problem is None or problem in found[0]
    assert ("forgotten" in str(found)) == ("forgotten" in str(problem))
