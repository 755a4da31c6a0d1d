"""Long, quiet work: what processes hold stays what it was, however many runs have gone by."""

import statistics
import time
from collections import defaultdict

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import let_pass, wait_for_starts
from tests.processes import resident_mb

JOBS, EVERY_SEC = 20, 2
"""A job keeps a thousand decisions, and the books need all of half an hour."""
LOOK_SEC = 2.0
GROWTH, SLACK_MB = 1.1, 8.0
"""What a process may hold at the end beyond what it held at a quarter of the time, when everything had been used once."""


def soak(deployment: Deployment, seconds: float) -> int:
    """Let the same jobs run on and on, and watch the memory of each process; counts the looks at it."""
    for number in range(JOBS):
        kind = {"type": "polite.tell"} if number % 4 == 0 else {}
        deployment.put(f"steady-{number}", every=EVERY_SEC, inputs={"work_ms": 50}, **kind)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    wait_for_starts(deployment, JOBS)
    held: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        let_pass(LOOK_SEC)
        for kind in ("web", "scheduler", "worker", "connector"):
            for one in deployment.alive(kind):
                held[f"{kind} {one.process.pid}"].append(resident_mb(one.process.pid))
    grown = [said for name, looks in held.items() if (said := _grown(name, looks))]
    assert not grown, f"what holds more and more: {grown}"
    return sum(map(len, held.values()))


def _grown(name: str, looks: list[float]) -> str:
    """Return what to say of a process that holds more at the end than early on; '' when it does not."""
    part = max(1, len(looks) // 8)
    early, late = statistics.median(looks[2 * part : 3 * part] or looks), statistics.median(looks[-part:])
    print(f"{name}: {early:.1f} MB after a quarter of the time, {late:.1f} MB at its end")
    return f"{name}: {early:.1f} -> {late:.1f} MB" if late > early * GROWTH + SLACK_MB else ""
