"""Cancelling: what waits ends at once, what runs is told, what has ended stays as it is."""

import pytest


def test_a_waiting_run_ends_at_once_and_frees_its_place(stage):
    (name,) = stage.queue(1, flow="f", flow_limit=1)
    stage.save("waits", every=60, flow="f")
    stage.tick(seconds=60)

    assert stage.cancel(name) == "cancelled"

    run = stage.run(name)
    assert (run.status, run.result["error"], run.started_at) == ("cancelled", "cancelled by ana", None)
    assert stage.tick() == {"waits": "ok"}


def test_the_message_of_a_cancelled_run_starts_nothing(stage):
    (name,) = stage.queue(1)
    stage.cancel(name)

    assert stage.take() == ()
    assert stage.status(name) == "cancelled"


def test_a_run_between_attempts_is_cancelled(stage):
    (name,) = stage.queue(1, max_retry=3)
    stage.fail(stage.take()[0])

    assert stage.cancel(name) == "cancelled"
    stage.clock.advance(seconds=60)
    stage.reap()
    assert stage.take() == ()


def test_a_running_run_is_asked_and_its_worker_hears_of_it(stage):
    (name,) = stage.queue(1)
    (claimed,) = stage.take()

    words = [stage.cancel(name), *stage.renew(claimed), stage.finish(claimed, "cancelled")]

    assert words == ["asked", "cancel", "cancelled"]


def test_a_success_before_the_worker_hears_of_it_stays_a_success(stage):
    (name,) = stage.queue(1)
    (claimed,) = stage.take()
    stage.cancel(name)

    assert stage.finish(claimed) == "success"


@pytest.mark.parametrize("outcome", ["success", "failed", "cancelled"])
def test_an_end_is_final(stage, outcome):
    (name,) = stage.queue(1)
    stage.finish(stage.take()[0], outcome)

    assert stage.cancel(name) == "final"
    assert stage.status(name) == outcome


def test_an_unknown_run_is_gone(stage):
    assert stage.cancel("run_x") == "gone"


def test_a_cancelled_run_is_no_failure(stage):
    stage.save(schedule=None, threshold=1)
    _, name = stage.ask()
    stage.cancel(name)

    assert stage.ask(key="2")[0] == "ok"
