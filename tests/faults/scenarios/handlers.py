"""Handlers that crash, that will not end, or that say too much: they fail their own run and nothing else."""

import os
from contextlib import suppress
from pathlib import Path

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds, schedule_jobs, wait_for_starts
from tests.processes import resident_mb
from tests.waiting import wait_until

TIMEOUT_SEC, OVERTIME_SEC = 0.5, 2.0
"""A run ends this long after its timeout at the latest (scenario 22)."""
SLACK_SEC = 2.0
"""How late a worker may notice, by its own monotonic clock: it looks several times a second, if the machine lets it."""
TWICE = {"max_retry": 1, "backoff_sec": [0]}
ONCE = {"max_retry": 0, "backoff_sec": [0]}
CRASHES = {"segfault": "signal 11", "exit": "exit status 7", "memory": "MemoryError"}
"""What the error must name, by the way in which the handler ends."""
DEAF = ("swallow", "ignore_signals", "hold_gil", "grandchildren")
WORKER_MB = 300
"""A worker that reads 100 MB of output keeps only what the log keeps."""
LOG_KEPT, RESULT_KEPT = 1024 * 1024, 64 * 1024


def poisoned(deployment: Deployment, seconds: float) -> int:
    """Run jobs that crash their process, beside ones that work; counts the attempts that crashed."""
    schedule_jobs(deployment, 6)
    _, worker = deployment.start_all("scheduler", "worker")
    struck = 0
    for number in rounds(seconds):
        for how, named in CRASHES.items():
            run = _run(deployment, how, number, retry_policy=TWICE)
            ended = deployment.wait_for(run, "failed", timeout=20)
            assert named in str(ended.error), f"{how}: {ended.error!r} does not name {named!r}"
            assert len(ended.attempts) == 2, f"{how}: {ended.attempts}"
            struck += len(ended.attempts)
        forked = deployment.wait_for(_run(deployment, "fork", number), "success", timeout=20)
        assert len(deployment.oracle.starts_of(forked.run_id)) == 1
    assert worker.process.poll() is None, "the worker ended with its runs"
    wait_for_starts(deployment, 5)
    return struck


def deaf_to_its_timeout(deployment: Deployment, seconds: float) -> int:
    """Run jobs that ignore their timeout in every way, with grandchildren; counts the runs that were ended by force."""
    deployment.start_all("scheduler", "worker")
    struck = 0
    for number in rounds(seconds):
        for how in DEAF:
            _end_by_force(deployment, how, number)
            struck += 1
    return struck


def huge(deployment: Deployment, seconds: float) -> int:
    """Print 100 MB, and give back 10 MB; counts the runs of which only a part was kept."""
    schedule_jobs(deployment, 6)
    _, worker = deployment.start_all("scheduler", "worker")
    store, struck = deployment.platform.store, 0
    for number in rounds(seconds):
        flood = deployment.wait_for(_run(deployment, "flood", number, timeout_ms=60_000), "success", timeout=60)
        big = deployment.wait_for(_run(deployment, "big_output", number), "success", timeout=60)
        assert big.result is not None and big.result["truncated"], "10 MB were kept whole"
        assert len(big.result["output"].encode()) <= RESULT_KEPT
        assert 0 < store.redis.strlen(store.keys.log(flood.run_id)) <= LOG_KEPT
        struck += 2
    held = resident_mb(worker.process.pid)
    assert held < WORKER_MB, f"the worker holds {held:.0f} MB"
    wait_for_starts(deployment, 5)
    return struck


def _run(deployment: Deployment, how: str, number: int, **spec: object) -> str:
    job_id = f"{how}-{number}"
    deployment.save(job_id, type="rude.do", inputs={"how": how}, **({"retry_policy": ONCE} | spec))
    return deployment.run(job_id)


def _end_by_force(deployment: Deployment, how: str, number: int) -> None:
    run = _run(deployment, how, number, timeout_ms=int(TIMEOUT_SEC * 1000))
    ended = deployment.wait_for(run, "failed", timeout=20)
    assert ended.result and ended.failure_kind == "timeout", ended
    took = ended.result["duration_ms"] / 1000
    assert took <= TIMEOUT_SEC + OVERTIME_SEC + SLACK_SEC, f"{how}: its run lasted {took:.1f} s"
    pids = deployment.oracle.path.with_name("pids")
    if pids.exists():
        left = [int(word) for word in pids.read_text().split()]
        wait_until(lambda: not any(map(_runs, left)), 5)
        pids.unlink()


def _runs(pid: int) -> bool:
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
