"""Handlers that end badly: the run says how, the worker goes on, retries and cooldown come at their times."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.faults import books
from tests.faults.deployment import Deployment
from tests.waiting import wait_until

ONCE = {"max_retry": 0, "backoff_sec": [1]}


@pytest.fixture
def transport() -> str:
    """One transport is enough: what a handler does is decided before the queue is spoken to."""
    return "streams"


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("failure", "as asked"),
        ("mute", "Mute, which does not say what is wrong"),
        ("system_exit", "SystemExit: 3"),
        ("base_exception", "Rudeness: rude"),
        ("not_json", "the handler's output is not JSON: Object of type set is not JSON serializable"),
    ],
)
def test_a_run_says_how_its_handler_ended_and_the_worker_goes_on(deployment: Deployment, how: str, error: str) -> None:
    worker = deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("rude", type="oracle.raise", inputs={"how": how}, retry_policy=ONCE)
    deployment.save("kind")

    run = deployment.wait_for(deployment.run("rude"), "failed")

    assert run.failure_kind == "error"
    assert run.result["error"] == error
    assert deployment.wait_for(deployment.run("kind"), "success")
    assert worker.process.poll() is None


@pytest.mark.slow
def test_where_a_handler_failed_is_kept_for_each_attempt(deployment: Deployment) -> None:
    deployment.start("worker")
    policy = {"max_retry": 1, "backoff_sec": [0]}
    deployment.save("near", type="oracle.raise", inputs={"how": "failure", "until_attempt": 1}, retry_policy=policy)
    deployment.save("apart", type="rude.do", inputs={"how": "swallow"}, timeout_ms=300, retry_policy=ONCE)
    deployment.save("afar", type="rude.do", inputs={"how": "raise"}, retry_policy=ONCE)
    deployment.save("mute", type="rude.do", inputs={"how": "mute"}, retry_policy=ONCE)

    near = deployment.wait_for(deployment.run("near"), "success")
    afar = deployment.wait_for(deployment.run("afar"), "failed")
    killed = deployment.wait_for(deployment.run("apart"), "failed")

    mute = deployment.wait_for(deployment.run("mute"), "failed")

    assert (mute.failure_kind, mute.error) == ("error", "Mute, which does not say what is wrong")
    failed, succeeded = near.attempts
    assert "oracle_handlers.py" in failed.traceback and "HandlerFailed: as asked" in failed.traceback
    assert succeeded.traceback == killed.attempts[0].traceback == ""
    lines = afar.attempts[0].traceback.splitlines()
    assert "rude_handlers.py" in lines[1]
    assert lines[-1] == "LookupError: \\udc80"
    assert len(afar.attempts[0].traceback) <= 16 * 1024


@pytest.mark.reproduces("A handler fails", "`unknown_type`")
def test_an_unknown_type_fails_at_once_without_retries(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("strange", type="nobody.knows")

    run = deployment.wait_for(deployment.run("strange"), "failed", "retrying")

    assert run.failure_kind == "unknown_type"
    assert "nobody.knows" in run.result["error"]
    assert run.attempt == 0


def test_inputs_that_the_handler_refuses_fail_the_run_without_retries(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("odd", inputs={"work_ms": "many"})

    run = deployment.wait_for(deployment.run("odd"), "failed", "retrying")

    assert run.failure_kind == "error"
    assert "work_ms" in run.result["error"]


@pytest.mark.slow
def test_a_handler_that_ignores_its_timeout_loses_its_run_and_no_slot(deployment: Deployment) -> None:
    deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("deaf", inputs={"work_ms": 3500, "ignore_stop": True}, timeout_ms=500, retry_policy=ONCE)
    deployment.save("next")

    run = deployment.wait_for(deployment.run("deaf"), "failed", timeout=3.4)

    assert run.failure_kind == "timeout"
    assert deployment.wait_for(deployment.run("next"), "success", timeout=2)
    wait_until(lambda: deployment.oracle.starts_of(run.run_id)[0].ended_at)
    assert deployment.record(run.run_id) == run
    assert deployment.events("run.stale_result_refused") == 0


@pytest.mark.slow
@pytest.mark.reproduces("A handler fails", "`timeout`")
def test_a_handler_that_listens_times_out_at_its_timeout(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("slow", inputs={"work_ms": 5000}, timeout_ms=500, retry_policy=ONCE)

    run = deployment.wait_for(deployment.run("slow"), "failed")

    assert run.failure_kind == "timeout"
    assert 500 <= run.result["duration_ms"] < 900


@pytest.mark.slow
def test_retries_come_at_their_times_and_keep_their_place(deployment: Deployment) -> None:
    deployment.start_all("scheduler", "worker")
    policy = {"max_retry": 3, "backoff_sec": [1, 2]}
    deployment.save("flaky", type="oracle.raise", inputs={"how": "failure", "until_attempt": 2}, retry_policy=policy)

    name = deployment.run("flaky")
    deployment.wait_for(name, "retrying")
    refused, _ = deployment.ask("flaky")
    run = deployment.wait_for(name, "success")

    assert refused == "overlap"
    assert [attempt.outcome for attempt in run.attempts] == ["failed", "failed", "success"]
    waits = [later.started_at - sooner.finished_at for sooner, later in pairwise(run.attempts)]
    for wait, backoff in zip(waits, (1, 2), strict=True):
        assert timedelta(seconds=backoff) <= wait < timedelta(seconds=backoff + 0.7)
    assert books.run_problems(deployment) == []


@pytest.mark.slow
def test_retries_end_with_the_policy(deployment: Deployment) -> None:
    deployment.start_all("scheduler", "worker")
    deployment.save(
        "never", type="oracle.raise", inputs={"how": "failure"}, retry_policy={"max_retry": 1, "backoff_sec": [0]}
    )

    run = deployment.wait_for(deployment.run("never"), "failed")

    assert [attempt.outcome for attempt in run.attempts] == ["failed", "failed"]


@pytest.mark.slow
def test_failures_in_a_row_cool_the_job_down_and_a_success_clears_it(deployment: Deployment) -> None:
    deployment.start_all("scheduler", "worker")
    cooling = {"how": "failure", "failure_threshold": 2, "failure_cooldown_sec": 10}
    deployment.save("hot", type="oracle.raise", every=1, inputs=cooling, retry_policy=ONCE)

    held = wait_until(lambda: (now := deployment.job("hot").held) and now.hold.guard == "cooldown" and now)
    assert len(deployment.oracle.starts()) == 2
    ends_at = held.hold.until
    fields = deployment.platform.store.redis.hgetall(deployment.platform.store.keys.memory("hot"))
    assert fields["failures"] == "2"
    assert int(fields["cooldown_until"]) - int(fields["last_failure_at"]) == 10_000

    deployment.save("hot", type="oracle.raise", every=1, inputs=cooling | {"until_attempt": 0}, retry_policy=ONCE)
    wait_until(lambda: len(deployment.oracle.starts()) > 2, 13)

    third = deployment.wait_for(deployment.oracle.starts()[2].run_id, "success")
    assert timedelta() <= third.created_at - ends_at < timedelta(seconds=1)
    wait_until(lambda: deployment.events("job.cooldown_ended") == 1)
    assert deployment.events("job.cooldown_started") == 1
