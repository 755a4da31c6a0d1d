"""A worker, or a whole host, whose network is cut: nothing is reset, nothing arrives, and nobody tells it."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.faults.deployment import LEASE_SEC, Deployment
from tests.faults.proxy import FaultProxy
from tests.faults.scenarios.load import let_pass, rounds, schedule_jobs, wait_for_starts
from tests.processes import Spawned
from tests.waiting import wait_until

HOST = ("scheduler", "worker", "worker")
"""What runs on a host."""
NUMBERS = itertools.count()


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


def host_cut_off(deployment: Deployment, seconds: float) -> int:
    """Run two hosts, each with a scheduler and two workers, and cut one after the other off the server for longer than a lease.

    The other one takes over what both had; who comes back goes on. Counts the runs that were lost.
    """
    schedule_jobs(deployment, 12, work_ms=700)
    with wire(deployment) as first, wire(deployment) as second:
        hosts = [
            (cable, deployment.start_all(*HOST, under=cable.under, REDIS_URL=cable.url)) for cable in (first, second)
        ]
        for number in rounds(seconds):
            cable, processes = hosts[number % len(hosts)]
            wait_until(lambda here=processes: _works(deployment, here), 30)
            lost = deployment.events("run.lost")
            cable.plug(False)
            wait_until(lambda before=lost: deployment.events("run.lost") > before, 30)
            let_pass(2 * LEASE_SEC)
            cable.plug(True)
            wait_until(lambda here=processes: _works(deployment, here), 30)
        struck = deployment.events("run.lost")
        deployment.start_all("scheduler", "worker", "worker")
        for one in (one for _, processes in hosts for one in processes):
            assert deployment.stop(one, 30) == 0, one.text()[-2000:]
    return struck


def _works(deployment: Deployment, processes: Sequence[Spawned]) -> bool:
    """Say whether a handler has started on the host, and not ended yet."""
    return any(deployment.oracle.open_starts(one.process.pid) for one in processes)


@contextmanager
def wire(deployment: Deployment) -> Iterator[Wire]:
    """Lay a wire of its own to the server, and print which.

    A network namespace needs root, and `ip netns` (iproute2) that may make one; without, it is a proxy that falls silent.
    """
    if os.geteuid() == 0 and shutil.which("ip") and _call("ip", "netns", "list"):
        print("this wire is a network namespace")
        with _namespace(deployment) as cable:
            yield cable
        return
    print("this wire is a proxy: a network namespace needs root, and `ip netns`")
    proxy = FaultProxy(deployment.server.port)
    proxy.start()
    try:
        yield Wire(f"redis://127.0.0.1:{proxy.port}/0", (), proxy.plug)
    finally:
        proxy.stop()


@contextmanager
def _namespace(deployment: Deployment) -> Iterator[Wire]:
    """Make a namespace with one cable to this host, on addresses that are kept for such trials (RFC 2544)."""
    number = (os.getpid() * 4 + next(NUMBERS) % 4) % 16_000
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
            bound: Any = client.config_get("bind")
            client.config_set("bind", f"{bound['bind']} {ours}")
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
