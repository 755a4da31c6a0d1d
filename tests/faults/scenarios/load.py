"""The load that every scenario drives, and the waits that all of them need."""

import time
from collections.abc import Iterator
from itertools import cycle

from redis.exceptions import RedisError

from tests.faults.client import Client
from tests.faults.deployment import Deployment
from tests.faults.meanwhile import Meanwhile
from tests.waiting import wait_until

FLOW_LIMIT = 3
UNKNOWN = "run_nobody_knows"
READ = (
    "/ui",
    "/runs?limit=50",
    "/ui/runs",
    "/jobs",
    "/ui/jobs",
    "/events",
    "/queue",
    "/metrics",
    "/ui/queue",
    "/readyz",
)
READ_EVERY_SEC = 0.5


def schedule_jobs(deployment: Deployment, count: int = 20, work_ms: int = 200, every: int = 1) -> None:
    """Create jobs that run every so many seconds; every third one shares a flow group that lets three run at once."""
    for number in range(count):
        inputs = {"work_ms": work_ms}
        if number % 3 == 0:
            inputs |= {"flow_group": "narrow", "flow_max_active_runs": FLOW_LIMIT}
        deployment.put(f"steady-{number}", every=every, inputs=inputs)


def begin(deployment: Deployment) -> None:
    """Create the jobs, start two schedulers and two workers, and wait until they work."""
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    wait_for_starts(deployment, 5)


def running(deployment: Deployment) -> int:
    """Return how many runs are running; 0 while the server is away."""
    store = deployment.platform.store
    try:
        return int(store.redis.zcard(store.keys.leases))
    except RedisError:
        return 0


def backlog(deployment: Deployment, count: int) -> list[str]:
    """Queue short runs of one job that allows overlap, through the API; returns the ids of those that were acknowledged."""
    deployment.put("burst", inputs={"work_ms": 1, "allow_overlap": True, "pressure_priority": "critical"})
    asked = [deployment.client.ask("burst") for _ in range(count)]
    return [run_id for one in asked for run_id in one.run_ids]


def ask_for(deployment: Deployment, job_id: str) -> str:
    """Ask for a run through the API and return its id; fails unless it is acknowledged."""
    asked = deployment.client.ask(job_id)
    assert asked.run_ids, f"a run of {job_id} was {asked.told}"
    return asked.run_ids[0]


class Reading(Meanwhile):
    """Somebody reads one page after the other of a web process, and goes on when it does not answer."""

    def __init__(self, port: int) -> None:
        super().__init__(READ_EVERY_SEC)
        self._client, self._paths = Client(port), cycle(READ)

    def step(self) -> None:
        """Read the next page."""
        self._client.send("GET", next(self._paths))


def push_unknown(deployment: Deployment) -> None:
    """Push a message that names no run: its worker refuses it, counts that, and logs it."""
    keys, redis = deployment.platform.store.keys, deployment.platform.store.redis
    if deployment.mode == "streams":
        redis.xadd(keys.stream("normal"), {"run": UNKNOWN})
    else:
        redis.lpush(keys.queue_list("normal"), UNKNOWN)


def rounds(seconds: float) -> Iterator[int]:
    """Count rounds until the time is over; there is always a first one."""
    end, number = time.monotonic() + seconds, 0
    while number == 0 or time.monotonic() < end:
        yield number
        number += 1


def wait_for_starts(deployment: Deployment, more: int, timeout: float = 30.0) -> None:
    """Wait until that many more handlers have started."""
    wanted = len(deployment.oracle.starts()) + more
    wait_until(lambda: len(deployment.oracle.starts()) >= wanted, timeout)


def let_pass(seconds: float) -> None:
    """Let real time pass, because time itself is what a scenario is about."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end, seconds + 5)
