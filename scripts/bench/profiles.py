"""Where the time of the slowest pages, and of a scheduler's tick, goes at a large history.

    REDIS_URL=… DATA_DIR=… python scripts/bench/profiles.py --pages pages.json [--slowest 10] [--times 10]

The store is one that `scripts/seed_history.py` filled, `pages.json` what `pages.py --json` wrote of it. For each of its
slowest addresses, by processor time, and for the tick: how long it takes without a profiler, and the functions that
take most of their own time under cProfile, in percent. What waits for the server is a function like others. The tick
works: it dispatches what is due.
"""

import argparse
import cProfile
import gc
import json
import os
import pstats
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from flask import Flask

from runners.engine import settings
from runners.engine.platform import Platform, open_platform
from runners.scheduler import GuardedScheduler
from webapp import create_app

NAMED = 4
"""How many functions are named of each."""


def subjects(app: Flask, platform: Platform, rows: list[dict[str, Any]]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is profiled, by name: a GET of each page, and the tick."""
    client = app.test_client()
    for row in rows:
        yield f"`{row['address']}`", lambda address=row["address"]: client.get(address).data
    yield "tick of a scheduler", GuardedScheduler(platform).enqueue_jobs


def profile(step: Callable[[], object], times: int) -> tuple[float, list[str]]:
    """Return the processor time of one step in ms, the median of several, and who takes most of it."""
    step()
    spent = sorted(_cpu_ms(step) for _ in range(times))
    profiler = cProfile.Profile()
    for _ in range(times):
        profiler.runcall(step)
    stats: Any = pstats.Stats(profiler)
    own = sorted(((row[2], place) for place, row in stats.stats.items()), reverse=True)[:NAMED]
    return spent[times // 2], [f"{_name(*place)} {100 * took / stats.total_tt:.0f} %" for took, place in own]


def _cpu_ms(step: Callable[[], object]) -> float:
    began = time.process_time()
    step()
    return (time.process_time() - began) * 1000


def _name(file: str, line: int, function: str) -> str:
    """Return a function's name with its file, as short as it can be found by."""
    return f"`{function}`" if file == "~" else f"`{'/'.join(Path(file).parts[-2:])}:{function}`"


def main() -> None:
    """Profile the store of the environment, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True, help="what pages.py --json wrote")
    parser.add_argument("--slowest", type=int, default=10)
    parser.add_argument("--times", type=int, default=10)
    asked = parser.parse_args()
    rows = sorted(json.loads(asked.pages.read_text()), key=lambda row: -row["cpu_p95_ms"])[: asked.slowest]
    platform = open_platform(settings.read(os.environ))
    app = create_app(platform)
    gc.collect()
    gc.freeze()  # as the web process does
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| what | processor ms | most of it |\n|---|---|---|")
    for name, step in subjects(app, platform, rows):
        spent, most = profile(step, asked.times)
        print(f"| {name} | {spent:.1f} | {', '.join(most)} |", flush=True)


if __name__ == "__main__":
    main()
