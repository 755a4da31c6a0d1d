"""An account's health is what its calls show."""

from datetime import timedelta

from runners.connector.health import Health
from runners.connector.refusals import TOLD_PER_MINUTE, Refusals


def test_an_account_is_offline_until_it_is_reached():
    assert Health().status == "offline"
    assert Health().reached().status == "online"


def test_each_fault_is_counted_and_a_success_clears_only_the_error():
    health = Health().reached().failed("first").failed("second")

    assert (health.status, health.last_error, health.failures, health.reconnects) == ("degraded", "second", 2, 2)
    assert health.reached() == Health(health.reached().status, None, 0, 2)


def test_the_wait_doubles_up_to_a_minute():
    health, waits = Health(), []
    for _ in range(12):
        health = health.failed("away")
        waits.append(health.wait)

    assert waits[:7] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 32, 60)]
    assert waits[-1] == timedelta(seconds=60)


def test_refusals_are_told_so_often_a_minute_and_no_more():
    refusals = Refusals()

    told = [refusals.may_tell(now=second * 0.1) for second in range(100)]

    assert told.count(True) == TOLD_PER_MINUTE
    assert refusals.may_tell(now=61)
