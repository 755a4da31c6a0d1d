"""A server that is not what it was: it lost its last moments, evicts what it likes, or became another one's replica."""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError

from tests import servers
from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import begin, rounds, running, wait_for_starts
from tests.faults.server import FaultServer
from tests.processes import CHECKOUT
from tests.waiting import wait_until

LONGEST_TAIL = 20_000
POLICIES = ("allkeys-lru", "volatile-lru", "allkeys-random", "volatile-ttl")
REFUSED = 5


def power_lost(deployment: Deployment, seconds: float) -> int:
    """Take the server's power: the tail of its append-only file never reached the disk. Counts the cuts.

    What was acknowledged in those moments is gone, and the books ask for consistency: nothing leaks, nothing is stuck,
    every count fits. `random` is seeded, so that a play can be repeated.
    """
    deployment.lossy = True
    begin(deployment)
    _rewrite(deployment.server)  # the jobs are older than the tail
    wait_for_starts(deployment, 5)
    chance, struck = random.Random(9), 0
    for _ in rounds(seconds):
        wait_until(lambda: running(deployment))
        deployment.server.kill()
        struck += _cut_tail(deployment.server.folder, chance.randint(1, LONGEST_TAIL))
        deployment.server.start()
        _rewrite(deployment.server)
        wait_for_starts(deployment, 20)
    return struck


def _rewrite(server: FaultServer) -> None:
    """Write the append-only file anew, as docs/operating.md says after a power loss.

    Redis 7.0 drops half a transaction at the file's end, but leaves its beginning there; whatever is written behind it
    would bring it to life at the next start.
    """
    with server.client() as client:
        client.bgrewriteaof()
        wait_until(lambda: not _is_rewriting(client.info("persistence")), 20)


def _is_rewriting(about: dict[str, Any]) -> bool:
    return bool(about["aof_rewrite_in_progress"] or about["aof_rewrite_scheduled"])


def _cut_tail(folder: Path, length: int) -> int:
    """Cut the newest append-only file by up to half of it; 1 when something was cut."""
    newest = max(folder.glob("appendonly*/*.incr.aof"), key=lambda path: path.stat().st_mtime)
    size = newest.stat().st_size
    kept = max(size // 2, size - length)
    with newest.open("r+b") as file:
        file.truncate(kept)
    print(f"cut {size - kept} of {size} bytes")
    return int(kept < size)


def wrong_eviction_policy(deployment: Deployment, seconds: float) -> int:
    """Let the server be allowed to evict: /readyz refuses, doctor warns, and all is well again with noeviction.

    Counts the refusals of /readyz.
    """
    begin(deployment)
    struck = 0
    for number in rounds(seconds):
        policy = POLICIES[number % len(POLICIES)]
        with deployment.server.client() as client:
            client.config_set("maxmemory-policy", policy)
            wait_until(lambda policy=policy: f"wrong eviction policy '{policy}'" in not_ready(deployment))
            said = _doctor(deployment)
            assert f"maxmemory-policy is {policy}" in said, said
            client.config_set("maxmemory-policy", "noeviction")
        struck += 1
        wait_until(lambda: not not_ready(deployment))
    wait_for_starts(deployment, 20)
    return struck


def not_ready(deployment: Deployment) -> str:
    """Return why /readyz answers 503, '' while it does not."""
    answer = deployment.client.send("GET", "/readyz")
    return str(answer.body["detail"]) if answer and answer.status == 503 else ""


def _doctor(deployment: Deployment) -> str:
    """Return what `multijob doctor` prints; it must end with 1."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": deployment.env["DATA_DIR"], **deployment.env}
    command = [sys.executable, "-m", "runners.cli", "doctor"]
    ended = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, f"doctor ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def read_only_after_failover(deployment: Deployment, seconds: float) -> int:
    """Fail over to a replica under load, while everybody still speaks to the old primary, and back again.

    Counts the writes that the old primary refused as read-only.
    """
    folder = deployment.server.folder / "replica"
    folder.mkdir()
    replica = FaultServer(servers.redis_binary(), folder, deployment.server.options)
    replica.start()
    try:
        return _fail_over(deployment, replica, seconds)
    finally:
        replica.kill()


def _fail_over(deployment: Deployment, replica: FaultServer, seconds: float) -> int:
    begin(deployment)
    with deployment.server.client() as ours, replica.client() as other:
        other.replicaof("127.0.0.1", deployment.server.port)
        for _ in rounds(seconds):
            wait_until(lambda: running(deployment))
            refused = _refusals(ours)
            _hand_over(ours, other)
            wait_until(lambda: "read-only" in not_ready(deployment))
            wait_until(lambda before=refused: _refusals(ours) >= before + REFUSED)
            _hand_over(other, ours)
            wait_until(lambda: not not_ready(deployment))
            wait_for_starts(deployment, 20)
        other.replicaof("NO", "ONE")
        return _refusals(ours)


def _hand_over(old: Any, new: Any) -> None:
    """Let the primary hand its role to its replica without losing a write, as an operator does."""
    wait_until(lambda: _role(new) == "slave" and _in_sync(old), 20)
    old.execute_command("FAILOVER")
    wait_until(lambda: _role(new) == "master" and _role(old) == "slave", 20)


def _role(client: Any) -> str:
    try:
        return str(client.info("replication")["role"])
    except RedisError:
        return ""


def _in_sync(client: Any) -> bool:
    return client.info("replication").get("slave0", {}).get("state") == "online"


def _refusals(client: Any) -> int:
    return int(client.info("errorstats").get("errorstat_READONLY", {}).get("count", 0))
