"""Too much of everything: payloads, results, output, queued runs, history."""

import time
from pathlib import Path

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import backlog, rounds, schedule_jobs, wait_for_starts
from tests.waiting import wait_until

ONCE = {"max_retry": 0, "backoff_sec": [0]}
WORKER_MB = 300
"""A worker that reads 100 MB of output keeps only what the log keeps."""
LOG_KEPT = 1024 * 1024
RESULT_KEPT = 64 * 1024
QUEUED_A_SECOND, MOST_QUEUED = 500, 100_000


def huge(deployment: Deployment, seconds: float) -> int:
    """Print 100 MB and give back 10 MB; counts the runs of which only a part was kept."""
    schedule_jobs(deployment, 6)
    _, worker = deployment.start_all("scheduler", "worker")
    struck = 0
    for number in rounds(seconds):
        sizes = {"printed_mb": 100, "result_mb": 10}
        deployment.save(f"loud-{number}", type="oracle.loud", inputs=sizes, retry_policy=ONCE, timeout_ms=60_000)
        run = deployment.wait_for(deployment.run(f"loud-{number}"), "success", timeout=60)
        assert run.result is not None and run.result["truncated"], run.result
        assert len(run.result["output"].encode()) <= RESULT_KEPT
        struck += 1
    held = _resident_mb(worker.process.pid)
    assert held < WORKER_MB, f"the worker holds {held:.0f} MB"
    wait_for_starts(deployment, 5)
    return struck


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


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"process {pid} does not say how much memory it holds")
