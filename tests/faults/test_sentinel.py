"""The server found through sentinels, and found again when another has become the primary."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from runners.engine.errors import NoServer, StoreAway
from runners.engine.platform import open_platform
from runners.engine.settings import read
from tests import servers
from tests.faults import books
from tests.faults.deployment import Deployment, deployed
from tests.faults.door_books import door_problems
from tests.faults.sampling import Sampling, look
from tests.faults.scenarios.load import begin, running, wait_for_starts
from tests.faults.server import FaultServer
from tests.faults.traffic import Traffic
from tests.protocol.books import check_invariants
from tests.waiting import wait_until

SENTINEL = """port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor blue 127.0.0.1 {primary} 1
sentinel down-after-milliseconds blue 500
sentinel failover-timeout blue 5000
"""
FAILOVERS = 3
PAUSE_MS = 5000


@dataclass(frozen=True, slots=True)
class Sentinel:
    """One sentinel that watches one primary with one replica."""

    port: int
    replica: FaultServer

    @property
    def url(self) -> str:
        """The address as the platform takes it, with a first sentinel that is not there."""
        return f"sentinel://127.0.0.1:{servers.free_port()},127.0.0.1:{self.port}/blue/0"

    def client(self) -> Redis:
        return Redis(port=self.port, decode_responses=True, protocol=2)


@contextmanager
def sentinel_of(primary: FaultServer, folder: Path) -> Iterator[Sentinel]:
    """Run a replica of `primary`, and a sentinel that watches both."""
    with ExitStack() as stack:
        (folder / "replica").mkdir()
        replica = FaultServer(primary.binary, folder / "replica", ["--replicaof", f"127.0.0.1 {primary.port}"])
        stack.callback(replica.kill)
        replica.start()
        port, settings = servers.free_port(), folder / "sentinel.conf"
        settings.write_text(SENTINEL.format(port=port, folder=folder, primary=primary.port))
        watcher = FaultServer(primary.binary, folder, port=port, config=settings)
        stack.callback(watcher.kill)
        watcher.begin()
        sentinel = Sentinel(port, replica)
        wait_until(lambda: _replicas(sentinel) == 1, 30)
        with replica.client() as client:  # one that has not got the records yet would be promoted without them
            wait_until(lambda: client.info("replication")["master_link_status"] == "up", 30)
        yield sentinel


def _replicas(sentinel: Sentinel) -> int:
    try:
        with sentinel.client() as client:
            return sum("s_down" not in one["flags"] for one in client.sentinel_slaves("blue"))
    except RedisError:
        return 0


@pytest.mark.slow
def test_a_failover_is_followed_by_every_process(tmp_path: Path) -> None:
    with deployed("streams", tmp_path) as deployment, sentinel_of(deployment.server, tmp_path) as sentinel:
        deployment.env["REDIS_URL"] = sentinel.url
        processes = deployment.start_all("scheduler", "worker", "connector")
        deployment.save("tick", every=1)
        wait_until(lambda: len(deployment.oracle.starts()) > 1)

        deployment.server.kill()

        with sentinel.replica.client() as client:
            wait_until(lambda: _leads(client), 30)
            known = len(deployment.oracle.starts())
            wait_until(lambda: len(deployment.oracle.starts()) > known + 2, 30)
            assert client.zcard("mj:processes") == 3
        assert [one.process.poll() for one in processes] == [None] * 3
        assert all("Traceback" not in one.text() for one in processes)


def in_step(primary: FaultServer, replica: FaultServer) -> None:
    """Kill the primary in the moment in which its replica has all that it has acknowledged."""
    with primary.client() as old, replica.client() as new:
        old.execute_command("CLIENT", "PAUSE", PAUSE_MS, "WRITE")
        wait_until(lambda: _offset(old, "master_repl_offset") == _offset(new, "slave_repl_offset"), PAUSE_MS / 1000)
        primary.kill()


def at_once(primary: FaultServer, replica: FaultServer) -> None:
    """Kill the primary, whatever its replica has not got yet."""
    primary.kill()


def _offset(client: Redis, name: str) -> int:
    return int(client.info("replication")[name])


def fail_over(deployment: Deployment, sentinel: Sentinel, kill: Callable[[FaultServer, FaultServer], None]) -> int:
    """Kill whoever is the primary, again and again, with runs at work; returns how many ran in those moments.

    Each time the sentinels promote the other one, and the killed one comes back as its replica.
    """
    primary, replica, struck = deployment.server, sentinel.replica, 0
    for _ in range(FAILOVERS):
        struck += wait_until(lambda: running(deployment), 60)
        kill(primary, replica)
        with replica.client() as client:
            wait_until(lambda client=client: _leads(client), 60)
        primary, replica = replica, primary
        wait_for_starts(deployment, 20, 60)
        replica.options = ["--replicaof", f"127.0.0.1 {primary.port}"]
        replica.start()
        with replica.client() as client:
            wait_until(lambda client=client: client.info("replication").get("master_link_status") == "up", 60)
        wait_until(lambda: _replicas(sentinel) == 1, 60)
    return struck


@pytest.mark.slow
@pytest.mark.parametrize(("kill", "lossy"), [(in_step, False), (at_once, True)], ids=["in-step", "at-once"])
def test_the_books_balance_after_failovers_under_load(
    kill: Callable[[FaultServer, FaultServer], None], lossy: bool, tmp_path: Path
) -> None:
    with deployed("streams", tmp_path) as deployment, sentinel_of(deployment.server, tmp_path) as sentinel:
        deployment.env["REDIS_URL"] = sentinel.url
        deployment.platform = open_platform(read(deployment.env))
        deployment.lossy = lossy
        deployment.start_all("web", "connector")
        store = deployment.platform.store
        with Sampling(lambda: look(store.redis, store.keys.prefix)) as sampling:
            with Traffic(deployment) as traffic:
                begin(deployment)
                struck = fail_over(deployment, sentinel, kill)
            traffic.settle()
            problems = books.settle(deployment)
        problems += [*door_problems(deployment), *sampling.found(), *traffic.faults, *deployment.dead()]
        problems += books.run_problems(deployment)
        print(
            f"{FAILOVERS} failovers with {struck} runs at work, {deployment.client.count('/runs')} runs, {traffic.told()}"
        )

        assert struck >= FAILOVERS
        assert problems == []
        for spawned in deployment.spawn.spawned:
            spawned.kill()
        check_invariants(store, deployment.platform.settings)


@pytest.mark.slow
def test_a_name_that_the_sentinels_do_not_know_is_told(tmp_path: Path) -> None:
    with deployed("streams", tmp_path) as deployment, sentinel_of(deployment.server, tmp_path) as sentinel:
        platform = open_platform(read({"REDIS_URL": sentinel.url}))
        assert platform.store.mode.server.endswith("(sentinels of 'blue')")

        with pytest.raises(StoreAway, match="no sentinel knows a primary of this name"):
            open_platform(read({"REDIS_URL": sentinel.url.replace("blue", "green")}))


def test_sentinels_that_are_not_there_are_no_server() -> None:
    with pytest.raises(NoServer, match=r"no server answers at 127\.0\.0\.1:1,127\.0\.0\.1:2 \(sentinels of 'blue'\)"):
        open_platform(read({"REDIS_URL": "sentinel://:secret@127.0.0.1:1,127.0.0.1:2/blue"}))


def _leads(client: Redis) -> bool:
    """Say whether the server leads; one that is promoted just now closes its connections."""
    try:
        return bool(client.info("replication")["role"] == "master")
    except RedisError:
        return False
