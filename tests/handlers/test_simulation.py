"""Pretend work takes its time, shows how far it is, and stops when told."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from runners.engine.handler import Cancelled, HandlerFailed, TimedOut
from runners.handlers.simulation import flaky, heavy
from tests.handlers.context import FakeContext, perform


def test_heavy_waits_as_long_as_it_says_and_shows_how_far_it_is():
    ctx = FakeContext()

    output = perform(heavy, ctx, work_ms=1300)

    assert ctx.slept == timedelta(milliseconds=1300)
    assert [done for done, _, _ in ctx.shown] == [500, 1000, 1300]
    assert output == {"worked_ms": 1300, "payload_bytes": 0, "payload": ""}


def test_heavy_works_eight_seconds_unless_told_otherwise():
    assert perform(heavy, FakeContext())["worked_ms"] == 8000


def test_heavy_gives_back_the_payload_that_was_asked_for():
    output = perform(heavy, FakeContext(), work_ms=100, payload_kb=128)

    assert len(output["payload"]) == output["payload_bytes"] == 131_072


def test_heavy_stops_at_the_deadline_of_its_run():
    ctx = FakeContext(timeout=timedelta(seconds=1))

    with pytest.raises(TimedOut):
        perform(heavy, ctx)

    assert ctx.slept <= timedelta(seconds=1)


def test_heavy_stops_when_it_is_cancelled():
    ctx = FakeContext(checks_left=2)

    with pytest.raises(Cancelled):
        perform(heavy, ctx)

    assert ctx.slept == timedelta(milliseconds=1500)


@pytest.mark.parametrize(
    "inputs",
    [
        {"work_ms": 99},
        {"work_ms": 300_001},
        {"work_ms": "8000"},
        {"work_ms": True},
        {"payload_kb": -1},
        {"payload_kb": 129},
        {"work": 8000},
    ],
)
def test_heavy_refuses_bad_inputs_before_it_runs(inputs):
    with pytest.raises(ValidationError):
        heavy.parse_inputs(inputs)


@pytest.mark.parametrize(("attempt", "fails"), [(0, True), (1, True), (2, False), (3, False)])
def test_flaky_fails_twice_and_then_succeeds(attempt, fails):
    ctx = FakeContext(attempt=attempt)

    if fails:
        with pytest.raises(HandlerFailed, match=f"attempt {attempt + 1} fails"):
            perform(flaky, ctx, fail_times=2, work_ms=0)
    else:
        assert perform(flaky, ctx, fail_times=2, work_ms=0)["attempts"] == attempt + 1


@pytest.mark.parametrize("fail_times", [-1, 21])
def test_flaky_fails_at_most_twenty_times(fail_times):
    with pytest.raises(ValidationError):
        flaky.parse_inputs({"fail_times": fail_times})
