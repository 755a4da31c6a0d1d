"""Very many runs: queued, and as history."""

import time

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import backlog
from tests.waiting import wait_until

QUEUED_A_SECOND, MOST_QUEUED, MOST_ASKED = 500, 100_000, 5_000


def long_queue(deployment: Deployment, seconds: float) -> int:
    """Queue up to 100 000 runs, the first 5 000 of them through the API, then work them off; counts them."""
    count = min(MOST_QUEUED, int(QUEUED_A_SECOND * max(seconds, 2)))
    started = time.monotonic()
    backlog(deployment, min(count, MOST_ASKED))
    for _ in range(count - MOST_ASKED):
        deployment.run("burst")
    print(f"{count} runs were queued in {time.monotonic() - started:.1f} s", flush=True)
    deployment.start_all("scheduler", "worker", "worker")
    store = deployment.platform.store
    started = time.monotonic()
    wait_until(lambda: not store.redis.zcard(store.keys.pending("critical")), 60 + count / 100, every=0.2)
    print(f"{count} queued runs were taken in {time.monotonic() - started:.1f} s", flush=True)
    return count
