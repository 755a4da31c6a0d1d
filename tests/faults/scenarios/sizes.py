"""Very many runs: queued, and as history."""

import time

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import backlog
from tests.waiting import wait_until

QUEUED_A_SECOND, MOST_QUEUED = 500, 100_000


def long_queue(deployment: Deployment, seconds: float) -> int:
    """Queue up to 100 000 runs, then work them off; counts them."""
    count = min(MOST_QUEUED, int(QUEUED_A_SECOND * max(seconds, 2)))
    backlog(deployment, count)
    deployment.start_all("scheduler", "worker", "worker")
    store = deployment.platform.store
    started = time.monotonic()
    wait_until(lambda: not store.redis.zcard(store.keys.pending("critical")), 60 + count / 100, every=0.2)
    print(f"{count} queued runs were taken in {time.monotonic() - started:.1f} s")
    return count
