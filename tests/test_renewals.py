"""The worker's two clocks: whatever goes wrong in one of their turns, the next ones come."""

import pytest

from runners.renewals import Renewals, Watch
from runners.slots import Slots
from tests.waiting import wait_until


@pytest.mark.parametrize("mode", ["memory"])
@pytest.mark.parametrize(("clock_of", "part"), [(Renewals, "_renew"), (Watch, "_defend")])
def test_a_turn_that_fails_unforeseen_is_not_the_last_one(platform, monkeypatch, clock_of, part):
    turns = []

    def fail_once():
        turns.append(part)
        if len(turns) == 1:
            raise ValueError("nobody thought of this")

    clock = clock_of(Slots(platform, "worker-1", 1))
    clock.every_sec = 0.001
    monkeypatch.setattr(clock, part, fail_once)

    with clock:
        assert wait_until(lambda: len(turns) > 1)
