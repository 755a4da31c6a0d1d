"""What each page costs at a large history: every GET address of the dashboard, asked for in this process.

    REDIS_URL=… DATA_DIR=… python scripts/bench/pages.py [--times 20] [--api] [--json out.json]

The store is one that `scripts/seed_history.py` filled. Names in addresses are taken from it. For each address: the 95th
percentile of the time that passed and of this process's own processor time, the bytes of HTML, and the round trips to Redis,
which are the same every time. On a busy machine only processor time, bytes and round trips mean anything.
"""

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from flask import Flask
from redis.client import Pipeline
from werkzeug.routing import Rule

from runners.engine import settings
from runners.engine.platform import Platform, open_platform
from webapp import create_app

MORE = {
    "jobs.index": (
        "?search=export",
        "?enabled=no",
        "?failing=yes",
        "?held=yes",
        "?order=attention",
        "?order=next",
        "?order=outcome",
        "?page=300",
    ),
    "runs.index": ("?status=failed", "?search=run_2", "?search=no-such-text", "?page=100", "?flow_group=l-001"),
}
"""Further questions of pages that filter."""
SLOW_MS, LARGE = 100, 60_000


def names(platform: Platform) -> dict[str, str]:
    """Return a name from the store for each parameter of an address that it has one for."""
    store: Any = platform.store.redis
    keys = platform.store.keys
    (run,), (job,), (flow,) = (
        store.zrevrange(keys.runs, 0, 0),
        store.zrevrange(keys.failing, 0, 0),
        store.zrange(keys.flows, 1, 1),
    )
    event = store.get(keys.last_event)
    return {
        "run_id": run,
        "job_id": job,
        "flow_group": flow,
        "version_id": "1",
        "event_id": event,
        "filename": "css/base.css",
    }


def addresses(app: Flask, known: dict[str, str], *, api: bool) -> Iterator[str]:
    """Yield every address that a GET asks for, whose names are known; `api` takes those of the API instead."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        wanted = rule.rule.startswith("/ui") is not api and "GET" in (rule.methods or ())
        if wanted and rule.arguments <= known.keys() and rule.endpoint != "static":
            address = _filled(rule, known)
            yield address
            yield from (address + query for query in MORE.get(rule.endpoint, ()))


def _filled(rule: Rule, known: dict[str, str]) -> str:
    parts = rule.rule.replace(">", "<").split("<")
    filled = [known[part.rpartition(":")[2]] for part in parts[1::2]]
    return "".join(plain + name for plain, name in zip(parts[::2], [*filled, ""], strict=True))


@contextmanager
def round_trips(platform: Platform) -> Iterator[Callable[[], int]]:
    """Count what goes to Redis: single commands, and pipelines as one each."""
    count, redis, sent, execute = [0], platform.store.redis, platform.store.redis.execute_command, Pipeline.execute

    def command(*args: Any, **options: Any) -> Any:
        count[0] += 1
        return sent(*args, **options)

    def pipeline(self: Pipeline, *args: Any, **options: Any) -> Any:
        count[0] += 1
        return execute(self, *args, **options)

    redis.execute_command, Pipeline.execute = command, pipeline  # type: ignore[method-assign] # counted here, put back below
    try:
        yield lambda: count[0]
    finally:
        Pipeline.execute = execute  # type: ignore[method-assign] # as it was
        del redis.execute_command


def measure(app: Flask, platform: Platform, address: str, times: int) -> dict[str, Any]:
    """Ask for one address several times, after one that warms up what is kept."""
    client, passed, busy, trips, size, status = app.test_client(), [], [], set[int](), 0, 0
    with round_trips(platform) as sent:
        for turn in range(times + 1):
            before, began, cpu = sent(), time.perf_counter(), time.process_time()
            with client.get(address) as answer:
                size, status = len(answer.data), answer.status_code
            if turn:
                passed.append((time.perf_counter() - began) * 1000)
                busy.append((time.process_time() - cpu) * 1000)
                trips.add(sent() - before)
    late = {"p95_ms": _p95(passed), "cpu_p95_ms": _p95(busy)}
    return {"address": address, "status": status, **late, "bytes": size, "round_trips": sorted(trips)}


def _p95(values: list[float]) -> float:
    return round(sorted(values)[max(0, -(-95 * len(values) // 100) - 1)], 1)


def main() -> None:
    """Measure every address of the store of the environment, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--api", action="store_true", help="the API's addresses instead of the pages'")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    asked = parser.parse_args()
    platform = open_platform(settings.read(os.environ))
    app = create_app(platform)
    gc.collect()
    gc.freeze()  # as the web process does
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| address | status | p95 ms | processor p95 ms | bytes | round trips |\n|---|---|---|---|---|---|")
    rows = []
    for address in addresses(app, names(platform), api=asked.api):
        row = measure(app, platform, address, asked.times)
        rows.append(row)
        trips = " to ".join(map(str, dict.fromkeys((row["round_trips"][0], row["round_trips"][-1]))))
        marks = " **slow**" * (row["p95_ms"] > SLOW_MS) + " **large**" * (row["bytes"] > LARGE)
        print(
            f"| `{address}`{marks} | {row['status']} | {row['p95_ms']} | {row['cpu_p95_ms']} | {row['bytes']:,} | {trips} |",
            flush=True,
        )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
