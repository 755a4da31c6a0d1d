"""Runs per second of one to several worker processes over one server, and whose processor time they take."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import marks
import ours
import redis
from contenders import Contender, workers
from ground import family_cpu, processes, wait_for
from rounds import LONGEST_SEC, prepare

from runners.engine.protocol import pause

COUNTS = (1, 2, 3, 4)
WRITE_SEC = 0.05
QUEUE = ("queue", "normal")
Measured = dict[str, float]


def capacity(env: Mapping[str, str], folder: Path, runs: int) -> dict[int, Measured]:
    """Return by the number of worker processes: runs per second, and the server's and the workers' µs for each.

    All runs wait, and all workers for them, behind a queue that is paused until then. What the server takes alone says
    where one server ends on a machine of its own.
    """
    return {
        count: _measure(Contender("multijob", runs, workers(count), ours.send), env, folder, count) for count in COUNTS
    }


def _measure(one: Contender, env: Mapping[str, str], folder: Path, count: int) -> Measured:
    here = prepare(one, env, folder)
    platform = ours.platform(here)
    store, keys = platform.store, platform.store.keys
    one.send(one.number, 0.0, here)
    pause.pause(store, QUEUE, ours.SELF)
    with processes(one.workers, here, folder) as pids:
        wait_for(lambda: int(store.redis.zcard(keys.processes)) == count, LONGEST_SEC, "all workers")
        before = _cpu(here, pids)
        pause.resume(store, QUEUE, ours.SELF)
        wait_for(lambda: int(store.redis.zcard(keys.pending("normal"))) == 0, LONGEST_SEC, f"{one.number} runs")
        wait_for(lambda: int(store.redis.zcard(keys.leases)) == 0, LONGEST_SEC, "their ends")
        time.sleep(2 * WRITE_SEC)  # the last marks are written now and then
        spent = [after - earlier for after, earlier in zip(_cpu(here, pids), before, strict=True)]
        server_us, workers_us = (seconds / one.number * 1e6 for seconds in spent)
        return {"rate": marks.read(folder / "marks").per_second, "server_us": server_us, "workers_us": workers_us}


def _cpu(env: Mapping[str, str], pids: list[int]) -> tuple[float, float]:
    """Return the processor time that the server, and all workers, have used, in seconds."""
    used: Any = redis.Redis.from_url(env["REDIS_URL"]).info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"]), sum(map(family_cpu, pids))
