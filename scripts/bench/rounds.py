"""Throughput and latency of all contenders, round by round on one server, so that a noisy minute hits everybody."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import marks
import redis
from contenders import Contender
from ground import NotReady, family_cpu, processes, wait_for

PAUSE_SEC = 0.05
LONGEST_SEC = 60
FAR, WAITS = 3, 2
"""Rounds of those whose rate is far from every bound, and rounds in which the start latency is measured."""

Figures = dict[str, dict[str, list[float | None]]]


def play(
    contenders: Sequence[Contender], rounds: int, latency_runs: int, env: Mapping[str, str], folder: Path
) -> Figures:
    """Return by contender what each round measured: rate (runs/s, None where it failed), µs of processor time, p50 and p99 (ms).

    Only those whose rates are close to a bound play after the first three.
    """
    figures: Figures = {one.name: {"rate": [], "cpu_us": [], "p50": [], "p99": []} for one in contenders}
    for number in range(rounds):
        for one in [each for each in contenders if each.close or number < FAR]:
            try:
                measured = [rate(one, env, folder)]
                measured += [latency(one, latency_runs, env, folder)] if number < WAITS else []
            except NotReady as error:
                figures[one.name]["rate"].append(None)
                print(f"  {one.name}: {error}", flush=True)
                continue
            for what, value in [pair for row in measured for pair in row.items()]:
                figures[one.name][what].append(value)
            print(f"  round {number + 1}, {one.name}: {measured}", flush=True)
    return figures


def rate(one: Contender, env: Mapping[str, str], folder: Path) -> dict[str, float]:
    """Fill the queue, then let two worker processes empty it: runs per second, and µs of processor time for each.

    The processor time is that of the workers and of the server, from when all workers are at work; a busy machine hardly
    changes it.
    """
    here = prepare(one, env, folder)
    one.send(one.number, 0.0, here)
    with processes(one.workers, here, folder) as pids:
        spent, done = 0.0, 0
        end = time.monotonic() + LONGEST_SEC
        while (marked := marks.read(folder / "marks")).count < one.number:
            if time.monotonic() > end:
                raise NotReady(f"{marked.count} of {one.number} runs after {LONGEST_SEC} s")
            if not spent and (len(marked.series) > 1 or one.forks):
                spent, done = cpu(pids, here), marked.count
            time.sleep(0.02)
        found = {"rate": marked.per_second}
        if spent and marked.count - done > one.number / 4:
            found["cpu_us"] = (cpu(pids, here) - spent) / (marked.count - done) * 1e6
        return found


def cpu(pids: Sequence[int], env: Mapping[str, str]) -> float:
    """Return the processor time that the server, the workers and their children have used, in seconds."""
    used: Any = redis.Redis.from_url(env["REDIS_URL"]).info("cpu")
    return used["used_cpu_user"] + used["used_cpu_sys"] + sum(map(family_cpu, pids))


def latency(one: Contender, count: int, env: Mapping[str, str], folder: Path) -> dict[str, float]:
    """Send at 20 per second to idle workers; the time from before the call that sends to the start of the run, in ms."""
    here = prepare(one, env, folder)
    with processes(one.workers, here, folder):
        one.send(5, PAUSE_SEC, here)
        wait_for(lambda: marks.read(folder / "marks").count >= 5, LONGEST_SEC, "the first runs")
        marks.clear(folder / "marks")
        one.send(count, PAUSE_SEC, here)
        wait_for(lambda: marks.read(folder / "marks").count >= count, LONGEST_SEC, f"{count} runs")
        marked = marks.read(folder / "marks")
        return {"p50": marked.percentile(0.5), "p99": marked.percentile(0.99)}


def prepare(one: Contender, env: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Empty the server and forget all marks; returns the environment of the contender's processes."""
    redis.Redis.from_url(env["REDIS_URL"]).flushall()
    marks.clear(folder / "marks")
    return {**env, **(one.settings or {}), "BENCH_EACH": "1" if one.forks else "0"}


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of what was measured, None when nothing was."""
    found = [value for value in values if value is not None]
    return median(found) if found else None
