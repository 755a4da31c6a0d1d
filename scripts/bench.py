#!/usr/bin/env python3
"""All figures of the engine, beside other Python queues, on one private redis-server in one run, as a table of goals.

    python scripts/bench.py [--only contest,dispatch,tick,held,idle,recovery,api,polling,holding,capacity] [--rounds 7] [--json out.json]

The contest is played in rounds (A B C, A B C, …): each contender has two worker processes, gets no-op runs through its own
API, and marks their starts by the same function. Rates are compared round by round, and the median of these ratios counts.
Peers are installed by pip into environments of their own in a cache folder. Everything else is measured on the platform's own
processes and calls. Takes about twelve minutes; the machine should have nothing else to do. Exits 0 whatever the figures say.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "bench"))

import capacity
import contenders
import goals
import ground
import holding
import living
import ours
import rounds
import scheduling
import watching

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "multijob-bench"


def contest(asked: argparse.Namespace, env: Mapping[str, str], folder: Path) -> dict[str, dict[str, Any]]:
    """Return medians by contender, and beside them the rate of each round."""
    everybody = [*ours.contenders(asked.runs), *contenders.peers(asked.cache)]
    chosen = [
        one
        for one in everybody
        if not asked.contenders or any(word in one.name for word in asked.contenders.split(","))
    ]
    figures = rounds.play(chosen, asked.rounds, asked.latency_runs, env, folder)
    return {
        name: {what: rounds.middle(values) for what, values in row.items()} | {"rates": row["rate"]}
        for name, row in figures.items()
    }


def parts(asked: argparse.Namespace, env: Mapping[str, str], folder: Path) -> dict[str, tuple[str, Callable[[], Any]]]:
    """Return what can be measured: by its name on the command line, its name in the results and how."""
    return {
        "contest": ("contest", lambda: contest(asked, env, folder)),
        "dispatch": ("dispatch", lambda: scheduling.dispatch_rate(env, 5000)),
        "tick": ("tick_ms", lambda: scheduling.tick_ms(env, (100, 100_000))),
        "held": ("held_ratio", lambda: scheduling.beside_held(env, 10_000)),
        "idle": ("idle", lambda: living.idle(env, folder, asked.idle_sec)),
        "recovery": ("recovery", lambda: {"took_sec": living.recovery(env, folder), "bound_sec": living.BOUND_SEC}),
        "api": ("api", lambda: living.api_rate(env, folder, 5.0)),
        "polling": ("polling", lambda: watching.polling(env, folder, asked.idle_sec)),
        "holding": ("holding", lambda: holding.holding(env, folder, asked.idle_sec / 2)),
        "capacity": ("capacity", lambda: capacity.capacity(env, folder, 2 * asked.runs)),
    }


def main() -> None:
    """Measure what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="measure these alone, separated by commas")
    parser.add_argument("--contenders", default="", help="words of the names of those that take part; all by default")
    parser.add_argument(
        "--rounds", type=int, default=7, help="of those whose rates are close to a bound; 3 of the others"
    )
    parser.add_argument("--runs", type=int, default=16000, help="no-op runs of the platform in a round")
    parser.add_argument("--latency-runs", type=int, default=80)
    parser.add_argument("--idle-sec", type=float, default=30.0)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the peers' environments are kept")
    parser.add_argument("--json", type=Path, help="also write the results here")
    asked = parser.parse_args()
    folder, found = Path(tempfile.mkdtemp(prefix="multijob-bench-")), {"load_before": os.getloadavg()[0]}
    os.environ["BENCH_MARKS"] = str(folder / "marks")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        with ground.redis_server(folder) as url:
            measured = parts(asked, ours.environment(folder, url), folder)
            for name in asked.only.split(",") if asked.only else measured:
                started = time.monotonic()
                found[measured[name][0]] = measured[name][1]()
                print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        tell(found | {"load_after": os.getloadavg()[0]}, asked.json)


def tell(found: Mapping[str, Any], path: Path | None) -> None:
    """Print the table of what was measured, also when it was stopped half way, and write it where it was asked for."""
    verdicts = goals.judge(found)
    print(goals.table(found, verdicts), flush=True)
    if path:
        path.write_text(json.dumps({**found, "goals": goals.as_json(verdicts)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
