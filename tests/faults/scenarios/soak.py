"""Long, quiet work in which nobody is killed: what processes hold stays what it was, however many runs have gone by."""

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import let_pass, wait_for_starts

JOBS, EVERY_SEC = 20, 2
"""A job keeps a thousand decisions, and the books need all of half an hour."""


def soak(deployment: Deployment, seconds: float) -> int:
    """Let the same jobs run on and on; counts the handlers that started."""
    for number in range(JOBS):
        kind = {"type": "polite.tell"} if number % 4 == 0 else {}
        deployment.put(f"steady-{number}", every=EVERY_SEC, inputs={"work_ms": 50}, **kind)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    wait_for_starts(deployment, JOBS)
    let_pass(seconds)
    return len(deployment.oracle.starts())
