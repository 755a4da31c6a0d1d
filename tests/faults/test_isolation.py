"""A handler in a process of its own: it has all that a handler may ask for, and nothing else ends when it does."""

import os
import signal
from pathlib import Path

import pytest

from tests.faults.deployment import Deployment
from tests.processes import is_alive
from tests.waiting import wait_until

ONCE = {"max_retry": 0, "backoff_sec": [1]}


@pytest.fixture
def transport() -> str:
    """One transport is enough: what a handler does is decided before the queue is spoken to."""
    return "streams"


def test_a_handler_in_its_own_process_is_told_all_and_the_process_is_used_again(deployment: Deployment) -> None:
    worker = deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("polite", type="polite.tell", timeout_ms=60_000)

    first, second = (deployment.wait_for(deployment.run("polite"), "success") for _ in range(2))

    output = first.result["output"]
    assert output["pid"] != worker.process.pid
    assert output["pid"] == second.result["output"]["pid"]
    assert output["key"] == first.run_id
    assert output["started_at"] == first.started_at.isoformat()
    assert 55 < output["left_sec"] <= 60
    assert (output["attempt"], output["lease_sec"], output["mode"], output["stdin"]) == (0, 1.0, "streams", "")
    assert first.progress == {"done": 1, "total": 2, "note": "half"}
    log = wait_until(lambda: read_log(deployment, first.run_id))
    for line in ("stdout | printed", "stderr | complained", "log    | logged"):
        assert line in log


def read_log(deployment: Deployment, run_id: str) -> str:
    store = deployment.platform.store
    return store.redis.get(store.keys.log(run_id)) or ""


CRASHES = {
    "segfault": "its process ended by signal 11 (Segmentation fault)",
    "exit": "its process ended with exit status 7 and gave no result",
    "abort": "its process ended by signal 6 (Aborted)",
    "cpu": "its process ended by signal 24 (CPU time limit exceeded)",
    "big_file": "its process ended by signal 25 (File size limit exceeded)",
    "kill_keeper": "its process ended by signal 9 (Killed)",
    "garble": "its process sent what is no word of a handler",
}


@pytest.mark.slow
@pytest.mark.reproduces("A handler fails", "`crashed`, with a signal")
def test_a_crash_fails_its_own_run_with_its_signal_and_nothing_else(deployment: Deployment) -> None:
    limits = {"HANDLER_CPU_SEC": "1", "HANDLER_FILE_MB": "1", "HANDLER_MEMORY_MB": "1024"}
    worker = deployment.start("worker", WORKER_CONCURRENCY="12", **limits)
    deployment.save("other", type="polite.tell", inputs={"work_ms": 4000})
    other = deployment.run("other")
    for how in [*CRASHES, "memory"]:
        deployment.save(how, type="rude.do", inputs={"how": how}, retry_policy=ONCE)

    crashed = {how: deployment.run(how) for how in CRASHES}
    memory = deployment.wait_for(deployment.run("memory"), "failed", timeout=30)

    for how, run_id in crashed.items():
        run = deployment.wait_for(run_id, "failed", timeout=30)
        assert run.failure_kind == "crashed"
        assert run.result["error"].startswith(CRASHES[how])
    assert (memory.failure_kind, memory.result["error"]) == (
        "error",
        "MemoryError: HANDLER_MEMORY_MB=1024 allows no more",
    )
    deployment.wait_for(other, "success")
    assert worker.process.poll() is None
    assert deployment.record(other).attempt == 0


SELDOM = [pytest.param(how, marks=pytest.mark.slow) for how in ("swallow", "ignore_signals")]


@pytest.mark.parametrize("how", ["hold_gil", "grandchildren", *SELDOM])
def test_a_timeout_ends_whatever_runs_two_seconds_later_at_the_latest(deployment: Deployment, how: str) -> None:
    deployment.start("worker", WORKER_CONCURRENCY="1", RUN_LEASE_SEC="10")
    deployment.save("deaf", type="rude.do", inputs={"how": how}, timeout_ms=1000, retry_policy=ONCE)

    run = deployment.wait_for(deployment.run("deaf"), "failed", timeout=20)

    assert run.failure_kind == "timeout"
    assert 1000 <= run.result["duration_ms"] < 3000
    pids = [deployment.oracle.starts_of(run.run_id)[0].pid, *told_pids(deployment)]
    assert [pid for pid in pids if is_alive(pid)] == []
    assert len(pids) == (4 if how == "grandchildren" else 1)


def test_a_handler_that_only_waits_is_interrupted_where_it_stands_and_cleans_up(deployment: Deployment) -> None:
    deployment.start("worker", RUN_LEASE_SEC="10")
    deployment.save("waits", type="rude.do", inputs={"how": "wait"}, timeout_ms=500, retry_policy=ONCE)

    run = deployment.wait_for(deployment.run("waits"), "failed", timeout=20)

    assert run.failure_kind == "timeout"
    assert "in _wait" in run.attempts[0].traceback
    assert deployment.oracle.starts_of(run.run_id)[0].ended_at


def test_what_a_handler_leaves_behind_is_ended_with_its_run(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("messy", type="rude.do", inputs={"how": "leave_behind"})

    run = deployment.wait_for(deployment.run("messy"), "success")

    assert run.result["output"] == "left"
    pids = told_pids(deployment)
    assert len(pids) == 3
    assert [pid for pid in pids if is_alive(pid)] == []


@pytest.mark.slow
@pytest.mark.parametrize("how", ["thread_behind", "folder_behind"])
def test_a_process_in_which_something_was_left_is_used_no_more(deployment: Deployment, how: str) -> None:
    deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("messy", type="rude.do", inputs={"how": how})

    first, second = (deployment.wait_for(deployment.run("messy"), "success") for _ in range(2))

    assert first.result["output"] != second.result["output"]
    assert not is_alive(first.result["output"])


def test_a_handler_that_comes_back_twice_ends_once(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("forks", type="rude.do", inputs={"how": "fork"})

    run = deployment.wait_for(deployment.run("forks"), "success")

    assert run.result["output"] == "original"
    assert deployment.events("run.stale_result_refused") == 0


@pytest.mark.slow
def test_ten_megabytes_given_back_and_a_hundred_printed_leave_the_worker_small(deployment: Deployment) -> None:
    worker = deployment.start("worker")
    deployment.save("big", type="rude.do", inputs={"how": "big_output"})
    deployment.save("flood", type="rude.do", inputs={"how": "flood"})

    big = deployment.wait_for(deployment.run("big"), "success", timeout=30)
    flood = deployment.wait_for(deployment.run("flood"), "success", timeout=60)

    assert big.result["truncated"] is True
    assert len(big.result["output"]) == 65_536
    assert flood.result["output"] == "flooded"
    assert flood.progress == {"done": 19_999, "total": 20_000, "note": ""}
    assert peak_mb(worker.process.pid) < 200


def test_nothing_of_a_run_survives_its_worker(deployment: Deployment) -> None:
    worker = deployment.start("worker")
    deployment.save("deaf", type="rude.do", inputs={"how": "grandchildren"}, timeout_ms=600_000)
    run = deployment.run("deaf")
    wait_until(lambda: told_pids(deployment))

    deployment.kill(worker)

    pids = [deployment.oracle.starts_of(run)[0].pid, *told_pids(deployment)]
    assert len(pids) == 4
    wait_until(lambda: not any(map(is_alive, pids)), 5)


@pytest.mark.slow
def test_a_run_ends_with_its_lease_when_its_worker_sleeps(deployment: Deployment) -> None:
    worker = deployment.start("worker", RUN_LEASE_SEC="2")
    deployment.save("deaf", type="rude.do", inputs={"how": "grandchildren"}, timeout_ms=600_000, retry_policy=ONCE)
    run = deployment.run("deaf")
    wait_until(lambda: told_pids(deployment))
    pids = [deployment.oracle.starts_of(run)[0].pid, *told_pids(deployment)]

    os.kill(worker.process.pid, signal.SIGSTOP)

    wait_until(lambda: not any(map(is_alive, pids)), 5)
    os.kill(worker.process.pid, signal.SIGCONT)
    assert deployment.wait_for(run, "failed").failure_kind == "lost"


def told_pids(deployment: Deployment) -> list[int]:
    """Return the pids that a handler told of; nothing before it has."""
    path = deployment.oracle.path.with_name("pids")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def peak_mb(pid: int) -> int:
    """Return the most memory that the process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))
