"""What each process does while the server refuses, is away, or has forgotten everything, and when it is well again.

One deployment with all four kinds of process for each fault. While it holds, the web answers 503 to changes and keeps
its pages; afterwards every process is the same one, in good health, and what was asked for before and during comes to
its end. `Fault.forgets` says that the server has lost its records, so that only new work can be judged.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from redis import exceptions

from runners.engine.store import processes
from tests import servers
from tests.faults import books
from tests.faults.deployment import Deployment, deployed
from tests.processes import Spawned
from tests.waiting import wait_until

KINDS = ("web", "scheduler", "worker", "connector")
HELD_SEC = 3.0
FROZEN_SEC = 30.0


@dataclass(frozen=True, slots=True)
class Fault:
    """`strike` begins it, `heal` ends it. `refuses`: no change can be made while it holds."""

    name: str
    strike: Callable[[Deployment], object]
    heal: Callable[[Deployment], object]
    refuses: bool = True
    forgets: bool = False
    held_sec: float = HELD_SEC


def do(*command: str | int) -> Callable[[Deployment], object]:
    """Return what sends one command to the server."""

    def send(deployment: Deployment) -> object:
        with closing(deployment.server.client()) as client:
            return client.execute_command(*command)

    return send


def keep_busy(deployment: Deployment) -> None:
    """Run a script that never ends; the server answers BUSY after a tenth of a second."""

    def spin() -> None:
        with closing(deployment.server.client()) as client, suppress(exceptions.RedisError):
            client.connection_pool.connection_kwargs["socket_timeout"] = None
            client.eval("while true do end", 0)

    do("CONFIG", "SET", "lua-time-limit", 100)(deployment)
    threading.Thread(target=spin, daemon=True).start()
    wait_until(lambda: said(deployment, "BUSY"))


def said(deployment: Deployment, word: str) -> bool:
    """Say whether the server answers a write with an error that begins with `word`."""
    with closing(deployment.server.client()) as client:
        try:
            client.set("mj:probe", 1, px=1)
        except exceptions.RedisError as error:
            return word in f"{type(error).__name__} {error}"
    return False


def lose_groups(deployment: Deployment) -> None:
    with closing(deployment.server.client()) as client:
        streams = list(client.scan_iter("mj:stream:*", _type="stream"))
        assert sum(client.xgroup_destroy(stream, "workers") for stream in streams)


def fail_snapshots(deployment: Deployment) -> None:
    """Let a snapshot fail, so that the server refuses writes with MISCONF."""
    (deployment.server.folder / "dump.rdb").mkdir()
    do("CONFIG", "SET", "save", "3600 1")(deployment)
    do("BGSAVE")(deployment)
    wait_until(lambda: said(deployment, "MISCONF"))


def let_snapshots(deployment: Deployment) -> None:
    (deployment.server.folder / "dump.rdb").rmdir()
    do("BGSAVE")(deployment)
    wait_until(lambda: not said(deployment, "MISCONF"))


def load_long(deployment: Deployment) -> None:
    """Start the server again on so many records, read so slowly, that it answers LOADING for a while."""
    with closing(deployment.server.client()) as client:
        for number in range(0, 60_000, 1_000):
            client.mset({f"ballast:{number + one}": "x" * 100 for one in range(1_000)})
        client.bgrewriteaof()  # what is read slowly is the snapshot at the head of the file
        wait_until(lambda: not client.info("persistence")["aof_rewrite_in_progress"], 30)
    deployment.server.kill()
    deployment.server.options = ("--key-load-delay", "60", "--loading-process-events-interval-bytes", "1024")
    deployment.server.begin()
    wait_until(lambda: said(deployment, "Loading"), every=0.005)


def answers(deployment: Deployment) -> None:
    wait_until(lambda: not said(deployment, ""), 60)


FAULTS = (
    Fault("readonly", do("REPLICAOF", "127.0.0.1", 1), do("REPLICAOF", "NO", "ONE")),
    Fault("full", do("CONFIG", "SET", "maxmemory", 1), do("CONFIG", "SET", "maxmemory", 0)),
    Fault("busy", keep_busy, do("SCRIPT", "KILL")),
    Fault("misconf", fail_snapshots, let_snapshots),
    Fault("loading", load_long, answers, held_sec=0.5),
    Fault("nogroup", lose_groups, answers, refuses=False),
    Fault("noscript", do("SCRIPT", "FLUSH"), answers, refuses=False),
    Fault("emptied", do("FLUSHALL"), answers, refuses=False, forgets=True),
    Fault("killed", lambda deployment: deployment.server.kill(), lambda deployment: deployment.server.start()),
    Fault(
        "frozen",
        lambda deployment: deployment.server.freeze(),
        lambda deployment: deployment.server.thaw(),
        held_sec=FROZEN_SEC,
    ),
)
QUICK = ("emptied",)


@dataclass(frozen=True, slots=True)
class Whole:
    """A deployment with one process of each kind, and the address of its web."""

    deployment: Deployment
    url: str
    processes: dict[str, Spawned]

    def ask(self, job_id: str) -> httpx.Response:
        return httpx.post(f"{self.url}/jobs/{job_id}/run", timeout=20)

    def online(self) -> set[str]:
        """Return the kinds of process that the platform knows as alive."""
        answer = httpx.get(f"{self.url}/agents", timeout=20)
        return {row["type"] for row in answer.json() if row["status"] == "online"} if answer.is_success else set()


@pytest.fixture(params=["streams", "lists"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def whole(mode: str, tmp_path: Path) -> Iterator[Whole]:
    port = str(servers.free_port())
    with deployed(mode, tmp_path, RUN_LEASE_SEC="10", PORT=port) as deployment:
        web = deployment.spawn("web", env=deployment.env)
        others = dict(zip(KINDS[1:], deployment.start_all(*KINDS[1:]), strict=True))
        whole = Whole(deployment, f"http://127.0.0.1:{port}", {"web": web, **others})
        wait_until(lambda: _ready(whole) == 200, 30)
        wait_until(lambda: whole.online() == set(KINDS), 20)
        yield whole


def _ready(whole: Whole) -> int:
    try:
        return httpx.get(f"{whole.url}/readyz", timeout=20).status_code
    except httpx.TransportError:
        return 0


def cases() -> Iterator[object]:
    for fault in FAULTS:
        for mode in ("streams",) if fault.name == "nogroup" else ("streams", "lists"):
            quick = fault.name in QUICK and mode == "streams"
            yield pytest.param(mode, fault, marks=() if quick else pytest.mark.slow, id=f"{fault.name}-{mode}")


@pytest.mark.parametrize(("mode", "fault"), list(cases()))
def test_every_process_lives_through_it_and_goes_on(whole: Whole, fault: Fault) -> None:
    deployment = whole.deployment
    deployment.save("before", inputs={"work_ms": 1_500})
    deployment.save("tick", every=1)
    deployment.save("asked", inputs={"allow_overlap": True})
    assert httpx.get(f"{whole.url}/ui/jobs").status_code == 200
    running = deployment.run("before")
    wait_until(lambda: deployment.oracle.starts_of(running))

    fault.strike(deployment)
    refused = judge_meanwhile(whole, fault)
    fault.heal(deployment)

    wait_until(lambda: _ready(whole) == 200, 60)
    wait_until(lambda: whole.online() == set(KINDS), 20)
    assert {kind: one.process.poll() for kind, one in whole.processes.items()} == dict.fromkeys(KINDS)
    if not fault.forgets:
        deployment.wait_for(running, "success", timeout=30)
        starts = len(deployment.oracle.starts_of(running))
        assert starts == 1 or fault.held_sec > 10, "a lease outlives a short fault, so its handler delivers"
    deployment.save("after", every=1)
    wait_until(lambda: deployment.job("after").last_status == "success", 20)
    print(f"{fault.name}: {refused} changes refused meanwhile")
    assert bool(refused) == fault.refuses
    for kind, one in whole.processes.items():
        assert "Traceback" not in one.text(), f"{kind}: {one.text()[-3000:]}"
    if not fault.forgets:
        assert books.close(deployment, 60) == []


def judge_meanwhile(whole: Whole, fault: Fault) -> int:
    """Ask for runs while the fault holds; return how many were refused as they should be."""
    refused, over = 0, threading.Event()
    timer = threading.Timer(fault.held_sec, over.set)
    timer.start()
    while not over.is_set():
        answer = whole.ask("asked")
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0
            refused += 1
        else:
            assert answer.status_code in (200, 201, 202, 404, 409), answer.text
        page = httpx.get(f"{whole.url}/ui/jobs", timeout=20)
        assert page.status_code in (200, 503), page.text
        if page.status_code == 503:
            assert "The store is away" in page.text and "before" in page.text
        over.wait(0.2)
    return refused


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["streams"])
def test_an_emptied_store_is_joined_again_and_told_of(whole: Whole) -> None:
    with closing(whole.deployment.server.client()) as client:
        client.flushall()

        wait_until(lambda: whole.online() == set(KINDS), 20)
        assert client.hget("mj:mode", "name") == whole.deployment.mode
        wait_until(lambda: client.scard("rq:workers") == 1, 10)
        for kind in ("api", "scheduler", "worker", "connector"):
            assert whole.deployment.events(f"system.{kind}_started"), kind
    for kind, one in whole.processes.items():
        assert "store.joined_again" in one.text(), kind


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["streams"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_process_that_is_stopped_for_half_a_minute_goes_on(whole: Whole, kind: str) -> None:
    deployment, asleep = whole.deployment, whole.processes[kind]
    deployment.save("tick", every=1)
    wait_until(lambda: deployment.oracle.starts())

    os.killpg(asleep.process.pid, signal.SIGSTOP)
    deployment.asleep.add(asleep.process.pid)
    wait_until(lambda: kind not in _known(deployment), 60)  # it is silent for so long that it counts as offline
    os.killpg(asleep.process.pid, signal.SIGCONT)

    wait_until(lambda: _ready(whole) == 200 and whole.online() == set(KINDS), 30)
    assert asleep.process.poll() is None
    known = len(deployment.oracle.starts())
    wait_until(lambda: len(deployment.oracle.starts()) > known + 1, 20)
    assert books.close(deployment, 60) == []


def _known(deployment: Deployment) -> set[str]:
    """Return the kinds of process that are not offline."""
    found = processes.list_processes(deployment.platform.store)
    return {one.type for one in found if one.status is not processes.ProcessStatus.OFFLINE}
