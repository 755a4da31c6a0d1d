"""A whole deployment of real processes around one server that may fail, and the hands to work with it."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from runners.engine import settings
from runners.engine.job import Job, JobSpec
from runners.engine.platform import Platform, open_platform
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.define import Author, save
from runners.engine.protocol.dispatch import admit
from runners.engine.run import Run, run_id
from runners.engine.store.jobs import load_job
from runners.engine.store.runs import load_run
from tests import servers
from tests.faults import oracle
from tests.faults.client import Client
from tests.faults.proxy import FaultProxy
from tests.faults.server import FaultServer
from tests.faults.shifted_clock import ShiftedClock
from tests.planted import SECRET_KEY
from tests.processes import CHECKOUT, Spawned, Spawner
from tests.waiting import wait_until

LEASE_SEC = 1.0
REAPER_TICK_SEC = 0.2
START_SEC = 60
RECOVERY_SEC = LEASE_SEC + 2 * REAPER_TICK_SEC + 1
BRISK = {
    "RUN_LEASE_SEC": "1",
    "REAPER_TICK_SEC": "0.2",
    "SCHEDULER_TICK_SEC": "0.1",
    "SHUTDOWN_GRACE": "2",
    "WORKER_CONCURRENCY": "4",
}
PYTHON_PATH = f"{{}}{os.pathsep}{CHECKOUT}"
"""With the folder of the oracle's handlers put in."""
SELF = Author("faults", "system")


@dataclass(slots=True)
class Deployment:
    """`platform` is this test's own view of the store, `client` speaks to the web process, once one is started.

    `killed` (when) and `asleep` tell the books what was done to whom, `spared` are processes that chance must not kill;
    `lossy` says that the store itself lost what it had acknowledged, so that the books ask for consistency and not for zero loss.
    """

    mode: str
    server: FaultServer
    spawn: Spawner
    oracle: oracle.Oracle
    env: dict[str, str]
    platform: Platform
    client: Client
    proxy: FaultProxy | None = None
    clock: ShiftedClock | None = None
    lossy: bool = False
    killed: dict[int, float] = field(default_factory=dict)
    asleep: set[int] = field(default_factory=set)
    spared: set[int] = field(default_factory=set)
    kinds: dict[int, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where its web process listens."""
        return f"http://127.0.0.1:{self.client.port}"

    def start(self, kind: str, under: Sequence[str] = (), **env: str) -> Spawned:
        """Start a process, `under` another program if so, and wait until it has said so in the store."""
        return self.start_all(kind, under=under, **env)[0]

    def start_all(self, *kinds: str, under: Sequence[str] = (), **env: str) -> list[Spawned]:
        """Start processes side by side and wait until all have said so in the store."""
        started = [self.launch(kind, under, **env) for kind in kinds]
        wait_until(lambda: all(map(self.ready, kinds, started)), START_SEC)
        return started

    def launch(self, kind: str, under: Sequence[str] = (), **env: str) -> Spawned:
        """Start a process without waiting for it."""
        spawned = self.spawn(kind, env=self.env | env, under=under)
        self.kinds[spawned.process.pid] = kind
        return spawned

    def alive(self, kind: str) -> list[Spawned]:
        """Return the processes of a kind that this test has started and nobody has ended."""
        mine = [one for one in self.spawn.spawned if self.kinds.get(one.process.pid) == kind]
        return [one for one in mine if one.process.pid not in self.killed and one.process.poll() is None]

    def put(self, job_id: str, *, type: str = "oracle.write", every: int | None = None, **spec: Any) -> None:
        """Create a job, or replace it, through the HTTP API; sent until it is acknowledged."""
        self.client.save(job_id, **self._spec(type, every, spec))

    def save(self, job_id: str, *, type: str = "oracle.write", every: int | None = None, **spec: Any) -> Job:
        """Create a job, or replace it, in the store. `inputs` need not name the oracle's file."""
        store, raw = self.platform.store, {"job_id": job_id} | self._spec(type, every, spec)
        defined = save(store, JobSpec.model_validate(raw), True, load_job(store, job_id), SELF, store.now())
        assert defined.word == "ok", defined
        return self.job(job_id)

    def run(self, job_id: str) -> str:
        """Ask for a run of the job and return its id; fails when a guard refuses."""
        word, name = self.ask(job_id)
        assert word == "ok", f"{job_id}: {word}"
        return name

    def ask(self, job_id: str) -> tuple[str, str]:
        """Ask for a run; return the answer's word and the run's id."""
        job, store, key = self.job(job_id), self.platform.store, uuid4().hex
        name = run_id(job_id, job.incarnation, store.now(), key)
        creation = Creation(name, job, "manual", None, "faults", key, job.spec.inputs)
        return admit(store, self.platform.settings, creation, job.version, SELF).word, name

    def job(self, job_id: str) -> Job:
        """Return the job's record."""
        job = load_job(self.platform.store, job_id)
        assert job is not None, f"there is no job {job_id!r}"
        return job

    def record(self, run_id: str) -> Run:
        """Return the run's record."""
        run = load_run(self.platform.store, run_id)
        assert run is not None, f"there is no run {run_id!r}"
        return run

    def wait_for(self, run_id: str, *states: str, timeout: float = 10.0) -> Run:
        """Wait until the run is in one of the states and return its record."""
        wait_until(lambda: self.record(run_id).status in states, timeout)
        return self.record(run_id)

    def kill(self, spawned: Spawned) -> None:
        """kill -9 the process and remember when."""
        spawned.kill()
        self.killed[spawned.process.pid] = time.monotonic()

    def freeze(self, spawned: Spawned) -> None:
        """SIGSTOP the process."""
        os.kill(spawned.process.pid, signal.SIGSTOP)

    def thaw(self, spawned: Spawned) -> None:
        """SIGCONT the process."""
        os.kill(spawned.process.pid, signal.SIGCONT)

    def stop(self, spawned: Spawned, timeout: float = 15.0) -> int:
        """SIGTERM the process, wait for its end, and return its exit code."""
        self.spawn.spawned.remove(spawned)
        os.kill(spawned.process.pid, signal.SIGTERM)
        try:
            return spawned.process.wait(timeout)
        finally:
            spawned.kill()

    def dead(self) -> list[str]:
        """Return what became of processes that ended though nobody asked them to."""
        ended = [one for one in self.spawn.spawned if one.process.poll() is not None]
        return [
            f"process {one.process.pid} ended with {one.process.returncode}: {one.text()[-2000:]}"
            for one in ended
            if one.process.pid not in self.killed
        ]

    def events(self, kind: str) -> int:
        """Return how many events of one type there are."""
        store = self.platform.store
        return sum(1 for row in store.redis.zrange(store.keys.events, 0, -1) if row.split("|", 2)[1] == kind)

    def _spec(self, type: str, every: int | None, spec: dict[str, Any]) -> dict[str, Any]:
        own = {"path": str(self.oracle.path)} if type in oracle.TYPES else {}
        schedule = {"interval_sec": every} if every else None
        return {"type": type, "schedule": schedule} | spec | {"inputs": spec.get("inputs", {}) | own}

    def ready(self, kind: str, spawned: Spawned) -> bool:
        """Say whether the process has said so in the store, or answers; fails when it has ended."""
        assert spawned.process.poll() is None, f"it ended at once:\n{spawned.text()}"
        if kind == "web":
            healthy = self.client.send("GET", "/healthz")
            return healthy is not None and healthy.status == 200
        store = self.platform.store
        names = store.redis.zrange(store.keys.processes, 0, -1)
        return any(f"-{spawned.process.pid}-" in f"{name}-" for name in names)


@contextmanager
def deployed(
    mode: str,
    folder: Path,
    *,
    binary: str | None = None,
    proxied: bool = False,
    shifted: bool = False,
    options: Sequence[str] = (),
    **env: str,
) -> Iterator[Deployment]:
    """Run a server for a deployment without processes yet; everything that it starts is ended.

    `binary` is another server than Debian's, which must have or lack Streams by itself (`old_servers.binary`).
    `proxied` puts a fault proxy between the server and the processes, not between the server and this test; `shifted`
    gives the server a clock of its own. `options` are more words for its command line, `env` more settings for every
    process.
    """
    taken_away = servers.without_streams() if mode == "lists" and binary is None else []
    clock = ShiftedClock(folder) if shifted else None
    words = [*taken_away, *options]
    server = FaultServer(binary or servers.redis_binary(), folder, words, env=clock.env if clock else {})
    server.start()
    (folder / "spawned").mkdir()
    spawner = Spawner(folder / "spawned")
    proxy = FaultProxy(server.port) if proxied else None
    try:
        deployment = _deployment(mode, folder, server, spawner, proxy, env)
        deployment.clock = clock
        yield deployment
    finally:
        for spawned in spawner.spawned:
            spawned.kill()
        if proxy:
            proxy.stop()
        server.kill()


def _deployment(
    mode: str, folder: Path, server: FaultServer, spawn: Spawner, proxy: FaultProxy | None, env: dict[str, str]
) -> Deployment:
    port = servers.free_port()
    own = {"DATA_DIR": str(folder / "platform"), "SECRET_KEY": SECRET_KEY, "PORT": str(port), **BRISK, **env}
    platform = open_platform(settings.read(own | {"REDIS_URL": server.url}))
    assert platform.store.mode.name == mode
    truth = oracle.Oracle(folder / "oracle.jsonl")
    path = PYTHON_PATH.format(oracle.install(folder))
    url = server.url
    if proxy:
        proxy.start()
        url = f"redis://127.0.0.1:{proxy.port}/0"
    settled = own | {"REDIS_URL": url, "PYTHONPATH": path}
    return Deployment(mode, server, spawn, truth, settled, platform, Client(port), proxy)
