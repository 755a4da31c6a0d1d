"""The Procfile as a platform of Heroku's kind runs it: TLS with a certificate of nobody, 20 connections, SIGTERM and 30 s."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import servers
from tests.deployment.looking import ended_runs, ready
from tests.planted import ROLE_TOKENS, SECRET_KEY
from tests.processes import CHECKOUT
from tests.waiting import wait_until

PLAN = 20
"""Connections of the smallest plan; this test's own one comes on top."""
GRACE_SEC = 30
TOKEN = ROLE_TOKENS["admin"]
READERS = 30
RUNS = 40

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[servers.Server, int]]:
    """A server that takes no more connections than the plan has, and its TLS port."""
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=somebody-else"
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*words.split(), *files], check=True, capture_output=True)
    port = servers.free_port()
    tls = ["--tls-port", str(port), "--tls-cert-file", str(tmp_path / "cert.pem"), "--tls-auth-clients", "no"]
    key = ["--tls-key-file", str(tmp_path / "key.pem"), "--tls-ca-cert-file", str(tmp_path / "cert.pem")]
    with servers.running(servers.redis_binary(), [*tls, *key, "--maxclients", str(PLAN + 1)]) as started:
        yield started, port


@dataclass(frozen=True, slots=True)
class Dynos:
    """The programs of the Procfile by name, each in a process group of its own, and a client of the web one."""

    programs: dict[str, subprocess.Popen[bytes]]
    client: httpx.Client


@pytest.fixture
def dynos(server: tuple[servers.Server, int], tmp_path: Path) -> Iterator[Dynos]:
    """The Procfile's programs with the variables that the platform sets, and those that its users are told to."""
    port = servers.free_port()
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "REDIS_URL": f"rediss://127.0.0.1:{server[1]}",
        "REDIS_TLS_URL": f"rediss://127.0.0.1:{server[1]}?ssl_cert_reqs=none",
        "AUTH_ENABLED": "true",
        "AUTH_ADMIN_TOKEN": TOKEN,
        "SECRET_KEY": SECRET_KEY,
    }
    lines = (line.partition(":") for line in (CHECKOUT / "Procfile").read_text().splitlines())
    started = {
        name: subprocess.Popen(["sh", "-c", f"exec env {words}"], cwd=CHECKOUT, env=env, start_new_session=True)
        for name, _, words in lines
        if name != "release"
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
            wait_until(lambda: ready(client), 60)
            yield Dynos(started, client)
    finally:
        for program in started.values():
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()


@contextmanager
def counting(server: servers.Server) -> Iterator[list[int]]:
    """Count the deployment's connections again and again while the block runs."""
    counts: list[int] = []
    over = threading.Event()

    def count() -> None:
        with closing(server.client()) as client:
            while not over.wait(0.02):
                counts.append(client.info("clients")["connected_clients"] - 1)

    with ThreadPoolExecutor(1) as pool:
        counted = pool.submit(count)
        try:
            yield counts
        finally:
            over.set()
            counted.result()


def test_it_works_within_the_connections_of_the_smallest_plan(dynos: Dynos, server: tuple[servers.Server, int]) -> None:
    client = dynos.client
    with counting(server[0]) as counts:
        for number in range(RUNS):
            job = {"job_id": f"job-{number}", "type": "simulation.heavy", "inputs": {"work_ms": 100}}
            assert client.post("/jobs", json=job).status_code == 201
            assert client.post(f"/jobs/job-{number}/run").is_success
        with ThreadPoolExecutor(READERS) as readers:
            answers = list(readers.map(lambda _: client.get("/runs").status_code, range(READERS * 3)))
        ended = wait_until(lambda: ended_runs(client, RUNS), 60)

    assert {run["status"] for run in ended} == {"success"}
    assert set(answers) == {200}
    print(f"{max(counts)} connections at most, in {len(counts)} counts")
    assert len(counts) > 10
    assert max(counts) <= PLAN
    with closing(server[0].client()) as mine:
        assert mine.info("stats")["rejected_connections"] == 0


def test_a_stop_gives_runs_their_time_and_ends_in_time(dynos: Dynos, server: tuple[servers.Server, int]) -> None:
    client = dynos.client
    for job_id, work_ms in (("short", 3_000), ("long", 120_000)):
        job = {"job_id": job_id, "type": "simulation.heavy", "inputs": {"work_ms": work_ms}, "timeout_ms": 200_000}
        client.post("/jobs", json=job)
        client.post(f"/jobs/{job_id}/run")
    wait_until(lambda: [run["status"] for run in client.get("/runs").json()] == ["running"] * 2, 30)

    began = time.monotonic()
    for program in dynos.programs.values():
        os.killpg(program.pid, signal.SIGTERM)
    statuses = {name: program.wait(GRACE_SEC + 15) for name, program in dynos.programs.items()}
    took = time.monotonic() - began

    with closing(server[0].client()) as mine:
        runs = [mine.hgetall(key) for key in mine.keys("mj:run:run_*")]
    states = {run["job_id"]: (run["status"], run["attempt"]) for run in runs if "job_id" in run}
    print(f"ended {took:.1f} s after SIGTERM")
    assert states == {"short": ("success", "0"), "long": ("queued", "0")}
    assert statuses == dict.fromkeys(("web", "scheduler", "worker", "connector"), 0)
    assert took < GRACE_SEC
