"""A whole platform in memory hands over to the server that appears: by itself, seen through HTTP, nothing run twice."""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis
from rq.command import send_stop_job_command

from runners.engine.platform import open_platform
from runners.engine.settings import read
from tests import servers
from tests.faults import oracle
from tests.faults.deployment import BRISK
from tests.faults.server import FaultServer
from tests.faults.stock_rq import stock_rq
from tests.planted import SECRET_KEY
from tests.processes import CHECKOUT, Spawned
from tests.protocol.books import check_invariants
from tests.waiting import wait_until


@dataclass(slots=True)
class Alone:
    """A web process that is everything, and the server that does not run yet."""

    url: str
    env: dict[str, str]
    server: FaultServer
    oracle: oracle.Oracle
    spawn: Callable[..., Spawned]

    def start(self) -> Spawned:
        """Start it and wait until it serves."""
        web = self.spawn("web", env=self.env)
        wait_until(lambda: self.ready().get("mode") or web.process.poll(), 30)
        assert web.process.poll() is None, web.text()
        return web

    def ready(self) -> Any:
        """Return what /readyz says, {} while nobody answers."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).json()
        except httpx.TransportError:
            return {}

    def get(self, path: str, **query: str) -> Any:
        answer = httpx.get(f"{self.url}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def save(self, job_id: str, every: int | None = None, **inputs: Any) -> None:
        """Create a job that writes to the oracle."""
        spec = {"job_id": job_id, "type": "oracle.write", "schedule": {"interval_sec": every} if every else None}
        answer = httpx.post(f"{self.url}/jobs", json=spec | {"inputs": {"path": str(self.oracle.path), **inputs}})
        assert answer.status_code == 201, answer.text

    def run(self, job_id: str) -> str:
        answer = httpx.post(f"{self.url}/jobs/{job_id}/run")
        assert answer.status_code in (200, 201, 202), answer.text
        return str(answer.json()["run_id"])

    def client(self) -> Redis:
        return Redis.from_url(self.server.url, decode_responses=True, protocol=2)


@pytest.fixture
def alone(tmp_path: Path, spawn: Callable[..., Spawned]) -> Iterator[Alone]:
    server = FaultServer(servers.redis_binary(), tmp_path)
    port = servers.free_port()
    path = f"{oracle.install(tmp_path)}{os.pathsep}{CHECKOUT}"
    env = {"DATA_DIR": str(tmp_path / "platform"), "SECRET_KEY": SECRET_KEY, **BRISK}
    env |= {"REDIS_URL": server.url, "MEMORY_FALLBACK": "auto", "PORT": str(port), "PYTHONPATH": path}
    yield Alone(f"http://127.0.0.1:{port}", env, server, oracle.Oracle(tmp_path / "oracle.jsonl"), spawn)
    server.kill()


@pytest.mark.slow
def test_rq_s_commands_reach_the_server_that_was_handed_over_to(alone: Alone) -> None:
    alone.start()
    alone.save("long", work_ms=60_000)
    alone.server.start()
    wait_until(lambda: alone.ready().get("mode") == "streams", 30)
    wait_until(lambda: alone.ready().get("workers"), 20)
    run = alone.run("long")
    wait_until(lambda: alone.oracle.starts_of(run), 20)

    shown = stock_rq(alone.server.url, "info", "--raw")
    with Redis.from_url(alone.server.url) as client:
        send_stop_job_command(client, run)

    wait_until(lambda: alone.get(f"/runs/{run}")["status"] == "cancelled")
    assert "queue normal 0, 1 executing" in shown
    assert re.search(r"worker worker-\S+ \(.*\) busy critical, normal, low", shown)


@pytest.mark.slow
def test_what_was_in_memory_goes_on_on_the_server(alone: Alone) -> None:
    web = alone.start()
    assert alone.ready()["mode"] == "memory"
    alone.save("done")
    done = alone.run("done")
    wait_until(lambda: alone.get(f"/runs/{done}")["status"] == "success")
    alone.save("tick", every=1)
    alone.save("long", work_ms=300_000)
    long = alone.run("long")
    wait_until(lambda: alone.oracle.starts_of(long))
    wait_until(lambda: len(alone.get("/runs", job_id="tick", status="success")) > 1)

    alone.server.start()

    wait_until(lambda: alone.ready().get("mode") == "streams", 30)
    ready = wait_until(lambda: (found := alone.ready()).get("workers") and found, 20)
    assert ready["scheduler"] == "online"
    assert web.process.poll() is None
    assert alone.get(f"/runs/{done}")["status"] == "success"
    (changed,) = alone.get("/events", event_type="system.mode_changed")
    assert (changed["data"]["from"], changed["data"]["to"], changed["data"]["jobs"]) == ("memory", "streams", 3)
    assert (changed["data"]["clash_count"], changed["data"]["lost"]) == (0, 0)
    slots = len(alone.get("/runs", job_id="tick"))
    wait_until(lambda: len(alone.get("/runs", job_id="tick", status="success")) > slots, 20)
    wait_until(lambda: len(alone.oracle.starts_of(long)) == 2, 60)
    assert [start.redelivered for start in alone.oracle.starts_of(long)] == [False, True]
    again = Counter(start.run_id for start in alone.oracle.starts() if start.run_id != long)
    print(f"{len(again)} runs beside the one that was running, each started once")
    assert set(again.values()) == {1}


@pytest.mark.slow
def test_no_change_is_taken_while_it_hands_over_and_reading_goes_on(alone: Alone) -> None:
    alone.start()
    alone.save("long", work_ms=60_000, ignore_stop=True)
    long = alone.run("long")
    wait_until(lambda: alone.oracle.starts_of(long))

    alone.server.start()

    refused = wait_until(lambda: (answer := httpx.post(f"{alone.url}/jobs/long/run")).status_code == 503 and answer)
    assert int(refused.headers["Retry-After"]) > 0
    assert "hands over" in refused.json()["detail"]
    assert alone.get(f"/runs/{long}")["run_id"] == long
    wait_until(lambda: alone.ready().get("mode") == "streams", 30)


@pytest.mark.slow
def test_a_process_that_dies_while_it_brings_things_over_leaves_nothing_half_made(alone: Alone) -> None:
    web = alone.start()
    for number in range(150):
        alone.save(f"job-{number}")
    run = alone.run("job-0")
    wait_until(lambda: alone.get(f"/runs/{run}")["status"] == "success")
    client = alone.client()
    alone.server.start()

    wait_until(lambda: client.zcard("mj:jobs") > 5, 20, every=0.0005)
    web.kill()

    brought = client.zcard("mj:jobs")
    print(f"killed after {brought} of 150 jobs")
    assert 5 < brought < 150
    alone.start()
    assert alone.ready()["mode"] == "streams"
    assert len(alone.get("/jobs", limit="1000")) == brought
    platform = open_platform(read({"REDIS_URL": alone.server.url}))
    check_invariants(platform.store, platform.settings)
    alone.save("job-149")
    client.close()


@pytest.mark.slow
def test_a_server_that_is_used_in_another_mode_is_refused_and_memory_goes_on(alone: Alone) -> None:
    web = alone.start()
    alone.save("done")
    os.killpg(web.process.pid, signal.SIGSTOP)  # so that the other process is there first
    alone.server.start()
    other = alone.spawn("worker", env=alone.env | {"QUEUE_MODE": "lists", "MEMORY_FALLBACK": "never"})
    with alone.client() as client:
        wait_until(lambda: client.hget("mj:mode", "name") == "lists", 20)
        os.killpg(web.process.pid, signal.SIGCONT)
        wait_until(lambda: "handover.refused" in web.text(), 20)

    assert f"-{other.process.pid}-" in web.text()
    assert alone.ready()["mode"] == "memory"
    run = alone.run("done")
    wait_until(lambda: alone.get(f"/runs/{run}")["status"] == "success")
