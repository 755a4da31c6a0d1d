"""Stock RQ tools tell the truth about the platform, and steer it: info, suspend, resume, stop, empty."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from redis import Redis
from rq.command import send_stop_job_command
from rq.exceptions import NoSuchJobError

from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.faults.scenarios.load import let_pass
from tests.faults.scenarios.servers import FROZEN_SEC
from tests.faults.stock_rq import stock_rq
from tests.waiting import wait_until

Rq = Callable[..., str]


@pytest.fixture
def rq(deployment: Deployment) -> Rq:
    """Call the stock `rq` command on the deployment."""
    return partial(stock_rq, deployment.server.url)


def test_rq_info_shows_the_worker_and_what_waits(deployment: Deployment, rq: Rq) -> None:
    worker = deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("long", inputs={"work_ms": 30_000, "allow_overlap": True})
    first, *_ = [deployment.run("long") for _ in range(4)]
    deployment.wait_for(first, "running")

    shown = rq("info", "--raw")

    assert "queue normal 3, 1 executing" in shown
    assert re.search(rf"worker worker-\S+-{worker.process.pid}-\w+ \(.*\) busy critical, normal, low", shown)


@pytest.mark.slow
@LISTS_SELDOM
def test_rq_info_shows_an_idle_worker_and_none_after_its_end(deployment: Deployment, rq: Rq) -> None:
    worker = deployment.start("worker")
    deployment.save("short")
    deployment.wait_for(deployment.run("short"), "success")

    assert wait_until(lambda: re.search(r"worker worker-\S+ \(.*\) idle", rq("info", "--raw")), 10)
    assert deployment.stop(worker) == 0
    assert "worker worker-" not in rq("info", "--raw")


@pytest.mark.slow
@LISTS_SELDOM
def test_rq_suspend_holds_slots_as_paused_until_rq_resume(deployment: Deployment, rq: Rq) -> None:
    deployment.start_all("scheduler", "worker")
    deployment.save("tick", every=1)
    wait_until(lambda: deployment.oracle.starts())

    rq("suspend")
    held = wait_until(lambda: deployment.job("tick").held)
    started = len(deployment.oracle.starts())
    wait_until(lambda: deployment.platform.store.now() - held.slot_at > timedelta(seconds=3))
    assert (held.hold.guard, held.hold.pause.by) == ("paused", "rq suspend")
    assert len(deployment.oracle.starts()) == started

    rq("resume")
    wait_until(lambda: len(deployment.oracle.starts()) > started, 3)


@LISTS_SELDOM
def test_rq_s_stop_command_cancels_a_running_run(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("long", inputs={"work_ms": 30_000})
    run = deployment.run("long")
    wait_until(lambda: deployment.oracle.starts_of(run))

    with Redis.from_url(deployment.server.url) as client:
        send_stop_job_command(client, run)

    assert deployment.wait_for(run, "cancelled", timeout=3).result["error"]


def kill_and_restart(deployment: Deployment) -> None:
    deployment.server.kill()
    deployment.server.start()


def freeze_and_thaw(deployment: Deployment) -> None:
    deployment.server.freeze()
    let_pass(FROZEN_SEC)
    deployment.server.thaw()


@pytest.mark.slow
@LISTS_SELDOM
@pytest.mark.parametrize("fault", [kill_and_restart, pytest.param(freeze_and_thaw, marks=pytest.mark.slow)])
def test_rq_s_stop_command_still_works_after_the_server_was_away(
    deployment: Deployment, fault: Callable[[Deployment], None]
) -> None:
    deployment.start("worker", RUN_LEASE_SEC="30")
    deployment.save("long", inputs={"work_ms": 60_000}, timeout_ms=60_000)
    run = deployment.run("long")
    wait_until(lambda: deployment.oracle.starts_of(run))
    fault(deployment)

    def cancelled() -> bool:
        with Redis.from_url(deployment.server.url) as client, suppress(NoSuchJobError):
            send_stop_job_command(client, run)
        return deployment.record(run).status == "cancelled"

    wait_until(cancelled, 10, every=0.2)


@pytest.mark.slow
def test_rq_empty_loses_no_run(deployment: Deployment, rq: Rq) -> None:
    deployment.save("short", inputs={"allow_overlap": True})
    runs = [deployment.run("short") for _ in range(5)]

    assert "5 jobs removed from normal queue" in rq("empty", "normal")
    deployment.start_all("scheduler", "worker")

    for run in runs:
        deployment.wait_for(run, "success")


@pytest.mark.slow
@LISTS_SELDOM
def test_rq_tells_of_all_pools_and_steers_them(deployment: Deployment, rq: Rq) -> None:
    workers = {
        "near": deployment.start("worker", WORKER_CONCURRENCY="1"),
        "far": deployment.start("worker", WORKER_CONCURRENCY="1", WORKER_POOL="gpu"),
    }
    pools = {"near": "default", "far": "gpu"}
    running, waiting = {}, {}
    for name, pool in pools.items():
        deployment.save(f"long-{name}", pool=pool, inputs={"work_ms": 60_000}, timeout_ms=60_000)
        deployment.save(f"short-{name}", pool=pool, inputs={"work_ms": 1, "allow_overlap": True})
        running[name] = deployment.run(f"long-{name}")
        wait_until(lambda run=running[name]: deployment.oracle.starts_of(run))
        waiting[name] = [deployment.run(f"short-{name}") for _ in range(2)]

    shown = rq("info", "--raw")
    rq("suspend")
    with Redis.from_url(deployment.server.url) as client:
        for run in running.values():
            send_stop_job_command(client, run)
    for run in running.values():
        deployment.wait_for(run, "cancelled")
    assert "4 jobs removed from normal queue" in rq("empty", "normal")
    suspended = rq("info", "--raw")
    deployment.start("scheduler")
    rq("resume")

    assert "queue normal 4, 2 executing" in shown
    assert "queue normal 4, 0 executing" in suspended
    for name, worker in workers.items():
        assert re.search(rf"worker worker-\S+-{worker.process.pid}-\w+ \(.*\) busy critical, normal, low", shown)
        for run in waiting[name]:
            deployment.wait_for(run, "success")
            assert {start.pid for start in deployment.oracle.starts_of(run)} == {worker.process.pid}
