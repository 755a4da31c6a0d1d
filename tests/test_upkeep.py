"""When a worker does the schedulers' work."""

import pytest

from runners.upkeep import Upkeep


@pytest.fixture
def mode():
    return "memory"


@pytest.mark.parametrize(("later_sec", "alone"), [(0, False), (10, False), (11, True), (-10, False), (-3600, True)])
def test_schedulers_are_missed_when_none_has_ticked_lately_by_whatever_clock(clocked, clock, later_sec, alone):
    store = clocked.store
    store.redis.hset(store.keys.ticks, "last", store.clock_ms_arg())

    clock.advance(seconds=later_sec)

    assert Upkeep(clocked).unattended() is alone
