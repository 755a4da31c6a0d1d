"""A job of one point in time: its slot goes out once, whatever happens afterwards."""

from datetime import timedelta

import pytest

from runners.engine.decision import decode
from runners.engine.run import FailureKind
from tests.protocol.jobs import START

AT = {"at": "2030-01-01T01:00:00Z"}


def outcomes(stage):
    return [(row.outcome.value, row.reason) for row in map(decode, stage.ledger())]


def test_it_goes_out_at_its_time_and_then_there_are_no_further_slots(stage):
    stage.save(schedule=AT)

    before, at, after = (stage.tick(minutes=minutes) for minutes in (59, 1, 1))

    assert (before, at, after) == ({}, {"daily": "ok"}, {})
    assert (stage.job().next_slot_at, outcomes(stage)) == (None, [("dispatched", "")])


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_that_is_set_back_does_not_bring_it_again(stage, back):
    stage.save(schedule=AT)
    stage.tick(hours=1)
    stage.work_off()

    stage.clock.at -= back
    stage.store.redis.script_flush()
    for _ in range(5):
        stage.tick(hours=8)

    assert outcomes(stage) == [("dispatched", "")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("dispatched", "")),
        ({"misfire": "run_all"}, ("dispatched", "")),
        ({"misfire": "skip"}, ("missed", "policy_skip")),
        ({"misfire_grace_sec": 8 * 3600}, ("dispatched", "")),
        ({"misfire_grace_sec": 3600}, ("missed", "too_late")),
    ],
)
def test_when_nobody_looked_at_its_time_the_policy_decides(stage, changes, expected):
    stage.save(schedule=AT | changes)
    stage.tick()

    stage.clock.advance(hours=8)
    stage.tick()
    stage.tick(seconds=1)

    assert (outcomes(stage), stage.job().next_slot_at) == ([expected], None)


def test_a_held_one_waits_until_it_may_go_and_goes_once(stage):
    stage.save(schedule=AT)
    _, name = stage.ask()
    stage.tick(hours=1)

    held = stage.guard()
    stage.work_off()
    stage.tick(seconds=1)
    stage.tick(seconds=1)

    assert (held, outcomes(stage)) == ("overlap", [("dispatched", "")])
    assert stage.status(name) == "success"


def test_its_run_may_expire_in_the_queue_and_then_does_not_count_as_a_failure(stage):
    stage.save(schedule=AT, expires_sec=60, threshold=1)
    stage.tick(hours=1)

    stage.clock.advance(seconds=61)
    stage.reap()

    (row,) = map(decode, stage.ledger())
    run = stage.run(row.run_id)
    assert (run.status, run.failure_kind, run.expires_at) == (
        "failed",
        FailureKind.EXPIRED,
        START + timedelta(seconds=3660),
    )
    assert stage.store.redis.hget(stage.store.keys.memory("daily"), "failures") is None
