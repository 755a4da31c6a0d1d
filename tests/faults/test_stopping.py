"""Processes that are asked to stop do so in time, also when the store does not answer; and a start goes on from there."""

import os
import signal
import time
from datetime import timedelta

import pytest

from tests.faults import books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM, STREAMS_ONLY
from tests.processes import Spawned
from tests.waiting import wait_until


def ask_to_stop(spawned: Spawned, within: float) -> float:
    """SIGTERM the process; return how long its end took."""
    asked_at = time.monotonic()
    os.kill(spawned.process.pid, signal.SIGTERM)
    spawned.process.wait(within)
    return time.monotonic() - asked_at


@pytest.mark.slow
@STREAMS_ONLY
def test_a_worker_stops_in_time_when_the_store_is_gone(deployment: Deployment) -> None:
    worker = deployment.start("worker", SHUTDOWN_GRACE="1")
    deployment.save("long", inputs={"work_ms": 30_000})
    run = deployment.run("long")
    wait_until(lambda: deployment.oracle.starts_of(run))
    deployment.server.kill()

    ask_to_stop(worker, within=15)

    deployment.server.start()
    deployment.start_all("scheduler", "worker")
    wait_until(lambda: len(deployment.oracle.starts_of(run)) == 2)


@pytest.mark.slow
@STREAMS_ONLY
def test_a_scheduler_stops_when_the_store_does_not_answer(deployment: Deployment) -> None:
    scheduler = deployment.start("scheduler")
    deployment.save("tick", every=1)
    wait_until(lambda: deployment.job("tick").last_run_id)
    deployment.server.freeze()

    ask_to_stop(scheduler, within=30)

    assert scheduler.process.returncode == 0, scheduler.text()
    deployment.server.thaw()


@pytest.mark.slow
@LISTS_SELDOM
def test_after_a_stop_and_a_start_nothing_fires_early_and_nothing_is_lost(deployment: Deployment) -> None:
    scheduler, worker = deployment.start_all("scheduler", "worker")
    slow, quick = deployment.save("slow", every=3600), deployment.save("quick", every=2)
    wait_until(lambda: deployment.job("quick").last_status == "success")
    history = deployment.platform.store.redis.zrange(deployment.platform.store.keys.runs, 0, -1)
    assert deployment.stop(scheduler) == 0
    assert deployment.stop(worker) == 0

    deployment.server.kill()
    deployment.server.start()
    deployment.start_all("scheduler", "worker")

    wait_until(lambda: len(deployment.oracle.starts()) > len(history) + 1)
    slots = [deployment.record(start.run_id).slot_at for start in deployment.oracle.starts()]
    assert all((slot - quick.anchor_at) % timedelta(seconds=2) == timedelta() for slot in slots)
    assert deployment.job("slow").last_run_id is None
    assert deployment.job("slow").next_slot_at == slow.anchor_at + timedelta(seconds=3600)
    assert all(deployment.record(run).status == "success" for run in history)
    assert books.close(deployment) == []
