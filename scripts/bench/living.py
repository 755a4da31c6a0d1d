"""What running processes cost and promise: idle processor time, memory, recovery after a kill, calls of the API."""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import marks
import ours
from ground import family_cpu, free_port, processes, resident_mb, wait_for

from runners.engine.platform import Platform

LEASE_SEC, REAPER_SEC = 5.0, 1.0
BOUND_SEC = LEASE_SEC + 2 * REAPER_SEC + 1
CALLERS = 4
JSON = {"Content-Type": "application/json"}


def command(name: str) -> tuple[str, ...]:
    """Return the command of one process of the platform."""
    return (sys.executable, "-m", "runners.cli", name)


def idle(env: Mapping[str, str], folder: Path, seconds: float) -> dict[str, dict[str, float]]:
    """Return by process its idle cost: percent of one core, and resident memory in MB, without its children."""
    ours.platform(env).store.redis.flushall()
    names = ("web", "scheduler", "worker")
    port = free_port()
    with processes([command(name) for name in names], {**env, "PORT": str(port)}, folder) as pids:
        wait_for(lambda: answers(port), 60, "web")
        time.sleep(5)  # what a start costs is not idle cost
        before = [family_cpu(pid) for pid in pids]
        time.sleep(seconds)
        after = [family_cpu(pid) for pid in pids]
        return {
            name: {"percent": 100 * (after[place] - before[place]) / seconds, "mb": resident_mb(pid)}
            for place, (name, pid) in enumerate(zip(names, pids, strict=True))
        }


def answers(port: int) -> bool:
    """Say whether the web process serves."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def recovery(env: Mapping[str, str], folder: Path) -> float:
    """Return the seconds from kill -9 of a worker to the next start of its run on another one."""
    short = {"RUN_LEASE_SEC": f"{LEASE_SEC:g}", "REAPER_TICK_SEC": f"{REAPER_SEC:g}", "BENCH_EACH": "1"}
    here = {**env, **short}
    platform = ours.platform(here)
    platform.store.redis.flushall()
    marks.clear(folder / "marks")
    ours.save_job(platform, "noop", inputs={"hold_sec": 3.0})
    with processes([command("scheduler"), command("worker"), command("worker")], here, folder) as pids:
        ours.send(1, 0.0, here)
        wait_for(lambda: marks.read(folder / "marks").count == 1, 30, "the first start")
        os.kill(holder(platform, pids), signal.SIGKILL)
        killed_at = time.time()
        wait_for(lambda: marks.read(folder / "marks").count == 2, 60, "the second start")
        return marks.read(folder / "marks").last - killed_at


def holder(platform: Platform, pids: list[int]) -> int:
    """Return the process that runs the only run."""
    (run,) = platform.store.redis.zrange(platform.store.keys.leases, 0, 0)
    worker = platform.store.redis.hget(platform.store.keys.run(run), "worker_id")
    return next(pid for pid in pids if f"-{pid}-" in str(worker))


def api_rate(env: Mapping[str, str], folder: Path, seconds: float) -> float:
    """Return answered POST /jobs/noop/run per second: one web process, four callers, two workers that run them meanwhile."""
    platform = ours.platform(env)
    platform.store.redis.flushall()
    ours.save_job(platform, "noop")
    port, counts = free_port(), [0] * CALLERS
    commands = [command("web"), command("worker"), command("worker")]
    with processes(commands, {**env, "PORT": str(port), "WEB_CONCURRENCY": "1"}, folder):
        wait_for(lambda: answers(port), 60, "web")
        end = time.monotonic() + seconds

        def ask(place: int) -> None:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=JSON) as client:
                while time.monotonic() < end:
                    counts[place] += client.post("/jobs/noop/run", content="{}").status_code < 300

        callers = [threading.Thread(target=ask, args=(place,)) for place in range(CALLERS)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    return sum(counts) / seconds
