"""A worker whose network is cut: nothing is reset, nothing arrives, and nobody tells it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.deployment import LEASE_SEC, Deployment
from tests.faults.proxy import FaultProxy
from tests.faults.scenarios.load import let_pass, rounds, schedule_jobs, wait_for_starts
from tests.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Wire:
    """How a process reaches the server: at `url`, started `under` these words; `plug(False)` cuts it, `plug(True)` heals."""

    url: str
    under: Sequence[str]
    plug: Callable[[bool], object]


def worker_cut_off(deployment: Deployment, seconds: float) -> int:
    """Cut one worker off the server, for longer than its lease, while it runs something; others take its runs.

    It must have stopped them before: its own handlers and the others' never overlap. Counts the runs that it lost.
    """
    schedule_jobs(deployment, 8, work_ms=700)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    with wire(deployment) as cable:
        victim = deployment.start("worker", under=cable.under, REDIS_URL=cable.url)
        for _ in rounds(seconds):
            wait_until(lambda: deployment.oracle.open_starts(victim.process.pid), 30)
            lost = deployment.events("run.lost")
            cable.plug(False)
            wait_until(lambda before=lost: deployment.events("run.lost") > before, 30)
            let_pass(2 * LEASE_SEC)
            cable.plug(True)
            wait_for_starts(deployment, 10)
        struck = deployment.events("run.lost")
        assert deployment.stop(victim, 30) == 0, victim.text()[-2000:]
    return struck


@contextmanager
def wire(deployment: Deployment) -> Iterator[Wire]:
    """Lay a wire of its own to the server: a network namespace where this may make one, else a proxy that falls silent."""
    if os.geteuid() == 0 and shutil.which("ip") and _call("ip", "netns", "list"):
        with _namespace(deployment) as cable:
            yield cable
        return
    proxy = FaultProxy(deployment.server.port)
    proxy.start()
    try:
        yield Wire(f"redis://127.0.0.1:{proxy.port}/0", (), proxy.plug)
    finally:
        proxy.stop()


@contextmanager
def _namespace(deployment: Deployment) -> Iterator[Wire]:
    """Make a namespace with one cable to this host, on addresses that are kept for such trials (RFC 2544)."""
    number = os.getpid() % 16_000
    name, here, there = f"mj{number}", f"mjh{number}", f"mjw{number}"
    network = f"198.18.{number // 64}.{number % 64 * 4}"
    ours, theirs = (f"{network.rpartition('.')[0]}.{number % 64 * 4 + offset}" for offset in (1, 2))
    _must("ip", "netns", "add", name)
    try:
        _must("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        _must("ip", "address", "add", f"{ours}/30", "dev", here)
        _must("ip", "link", "set", here, "up")
        _must("ip", "-n", name, "address", "add", f"{theirs}/30", "dev", there)
        _must("ip", "-n", name, "link", "set", there, "up")
        _must("ip", "-n", name, "link", "set", "lo", "up")
        with deployment.server.client() as client:
            client.config_set("protected-mode", "no")
            client.config_set("bind", f"127.0.0.1 {ours}")
        url = f"redis://{ours}:{deployment.server.port}/0"
        yield Wire(
            url, ("ip", "netns", "exec", name), lambda up: _must("ip", "link", "set", here, "up" if up else "down")
        )
    finally:
        _call("ip", "netns", "delete", name)
        _call("ip", "link", "delete", here)


def _must(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _call(*words: str) -> bool:
    return subprocess.run(words, check=False, capture_output=True).returncode == 0
