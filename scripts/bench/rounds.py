"""Throughput and latency of all contenders, round by round on one server, so that a noisy minute hits everybody."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import marks
import redis
from contenders import Contender
from ground import NotReady, processes, wait_for

PAUSE_SEC = 0.05
LONGEST_SEC = 60

Figures = dict[str, dict[str, list[float]]]


def play(
    contenders: Sequence[Contender], rounds: int, latency_runs: int, env: Mapping[str, str], folder: Path
) -> Figures:
    """Return by contender what each round measured: rate (runs/s), p50 and p99 (ms); one that failed has fewer."""
    figures: Figures = {one.name: {"rate": [], "p50": [], "p99": []} for one in contenders}
    for number in range(rounds):
        for one in contenders:
            try:
                figures[one.name]["rate"].append(rate(one, env, folder))
                if number < 2:
                    waits = latency(one, latency_runs, env, folder)
                    figures[one.name]["p50"].append(waits.percentile(0.5))
                    figures[one.name]["p99"].append(waits.percentile(0.99))
            except NotReady as error:
                print(f"  {one.name}: {error}", flush=True)
        print(
            f"  round {number + 1}: " + ", ".join(f"{name} {last(row['rate']):.0f}" for name, row in figures.items()),
            flush=True,
        )
    return figures


def rate(one: Contender, env: Mapping[str, str], folder: Path) -> float:
    """Fill the queue, then let two worker processes empty it: runs per second from first to last start."""
    here = prepare(one, env, folder)
    one.send(one.number, 0.0, here)
    with processes(one.workers, here, folder):
        wait_for(lambda: marks.read(folder / "marks").count >= one.number, LONGEST_SEC, f"{one.number} runs")
        return marks.read(folder / "marks").per_second


def latency(one: Contender, count: int, env: Mapping[str, str], folder: Path) -> marks.Marked:
    """Send at 20 per second to idle workers; the time from before the call that sends to the start of the run."""
    here = prepare(one, env, folder)
    with processes(one.workers, here, folder):
        one.send(5, PAUSE_SEC, here)
        wait_for(lambda: marks.read(folder / "marks").count >= 5, LONGEST_SEC, "the first runs")
        marks.clear(folder / "marks")
        one.send(count, PAUSE_SEC, here)
        wait_for(lambda: marks.read(folder / "marks").count >= count, LONGEST_SEC, f"{count} runs")
        return marks.read(folder / "marks")


def prepare(one: Contender, env: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Empty the server and forget all marks; returns the environment of the contender's processes."""
    redis.Redis.from_url(env["REDIS_URL"]).flushall()
    marks.clear(folder / "marks")
    return {**env, **(one.settings or {}), "BENCH_EACH": "1" if one.forks else "0"}


def last(values: Sequence[float]) -> float:
    """Return the newest value, 0 when there is none."""
    return values[-1] if values else 0.0


def middle(values: Sequence[float]) -> float | None:
    """Return the median, None when nothing was measured."""
    return median(values) if values else None
