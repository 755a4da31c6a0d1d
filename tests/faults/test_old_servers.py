"""The whole platform on real old servers: scheduler, worker and web as processes, and RQ's own tools beside them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis
from rq.command import send_stop_job_command

from runners.engine.store import examination
from runners.engine.store.spreads import MINUTE
from tests import old_servers
from tests.faults import books
from tests.faults.deployment import Deployment, deployed
from tests.processes import CHECKOUT
from tests.servers import free_port
from tests.waiting import wait_until


@pytest.fixture(params=[("3.2.6", "lists"), pytest.param(("5.0.6", "streams"), marks=pytest.mark.slow)], ids="-".join)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment on an old server, without processes yet."""
    version, mode = request.param
    with deployed(mode, tmp_path, binary=old_servers.binary(version)) as deployment:
        yield deployment


@pytest.mark.slow
def test_scheduled_jobs_run_and_a_stop_drains(old: Deployment) -> None:
    port, store = str(free_port()), old.platform.store
    old.spawn("web", env=old.env | {"PORT": port})
    _, worker = old.start_all("scheduler", "worker")
    url = f"http://127.0.0.1:{port}"
    ready = wait_until(lambda: _answer(url, "/readyz"))
    assert (ready["mode"], ready["workers"], ready["scheduler"]) == (old.mode, 1, "online")
    spec = {"job_id": "tick", "type": "oracle.write", "schedule": {"interval_sec": 1}}
    inputs = {"path": str(old.oracle.path), "work_ms": 300}

    assert httpx.post(f"{url}/jobs", json=spec | {"inputs": inputs}).status_code == 201

    wait_until(lambda: _answer(url, "/runs", status="success", job_id="tick"))
    wait_until(lambda: examination.load(store).at and store.redis.llen(store.keys.spreads(MINUTE)))
    started = len(old.oracle.starts())
    wait_until(lambda: len(old.oracle.starts()) > started, every=0.01)
    assert old.stop(worker) == 0
    assert all(start.ended_at for start in old.oracle.starts())
    assert not _answer(url, "/runs", status="running")
    old.start("worker")
    assert books.close(old) == []


@pytest.mark.slow
def test_rq_s_tools_see_the_worker_and_stop_a_run(old: Deployment) -> None:
    worker = old.start("worker", WORKER_CONCURRENCY="1")
    old.save("long", inputs={"work_ms": 30_000, "allow_overlap": True})
    first, *_ = [old.run("long") for _ in range(3)]
    old.wait_for(first, "running")

    shown = rq_info(old)

    assert "queue normal 2, 1 executing" in shown
    assert f"-{worker.process.pid}-" in shown
    with Redis.from_url(old.server.url, protocol=2) as client:
        send_stop_job_command(client, first)
    old.wait_for(first, "cancelled")


@pytest.mark.slow
def test_a_killed_worker_s_run_is_recovered(old: Deployment) -> None:
    _, worker = old.start_all("scheduler", "worker")
    old.save("long", inputs={"work_ms": 2_000})
    run = old.run("long")
    wait_until(lambda: old.oracle.starts_of(run))

    old.kill(worker)
    old.start("worker")

    assert old.wait_for(run, "success", timeout=20).redelivered


def rq_info(old: Deployment) -> str:
    """Return what stock `rq info` prints, with the environment that docs/operating.md names."""
    env = old.env | {
        "RQ_REDIS_URL": f"{old.server.url}?protocol=2",
        "RQ_QUEUE_CLASS": "runners.engine.queue.RunQueue",
        "RQ_WORKER_CLASS": "runners.worker.RunWorker",
    }
    command = [sys.executable, "-W", "error", "-m", "rq.cli", "info", "--raw"]
    done = subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _answer(url: str, path: str, **query: str) -> object:
    """Return what the web answers, None while it does not."""
    try:
        answer = httpx.get(f"{url}{path}", params=query)
    except httpx.TransportError:
        return None
    return answer.json() if answer.status_code == 200 else None
