#!/usr/bin/env python3
"""What a finished run costs in the server's memory, measured on a private redis-server.

    python scripts/measure_history.py [--runs 20000] [--jobs 100] [--inputs 120] [--output 60] [--log 0] [--packed 64]

Every run goes through the protocol's own scripts: asked for, taken, started, ended well, recorded in full with its
events and counters. The cost is the growth of the server's `used_memory`, taken apart by family of keys.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from runners.engine import settings
from runners.engine.job import Job, validate
from runners.engine.platform import Platform, open_platform
from runners.engine.protocol import define, dispatch
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.telling import Part, tell
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import run_id
from runners.engine.store.jobs import load_job

LEASE = timedelta(seconds=60)
AT_ONCE = 50
SELF = define.Author("history", "script")
GROUP = "billing"


@contextmanager
def redis_server(folder: Path, packed: int) -> Iterator[str]:
    """Run a private redis-server on a socket in `folder`; yields its URL."""
    socket = folder / "history.sock"
    place = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    command = ["redis-server", *place, "--hash-max-ziplist-value", str(packed)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(socket)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(socket: Path) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            redis.Redis(unix_socket_path=str(socket)).ping()
            return
        except redis.RedisError:
            time.sleep(0.02)
    raise SystemExit("redis-server: not ready after 10 s")


def save_jobs(platform: Platform, count: int, inputs: dict[str, Any]) -> list[Job]:
    """Save jobs without a schedule; each is asked for runs by hand."""
    for number in range(count):
        raw = {"job_id": f"history-{number:04}", "type": "http.request", "inputs": inputs}
        define.save(platform.store, validate(raw, platform.catalog), True, None, SELF, platform.store.now())
    found = [load_job(platform.store, f"history-{number:04}") for number in range(count)]
    return [job for job in found if job is not None]


def make_history(platform: Platform, jobs: list[Job], runs: int, output: dict[str, Any], log: int) -> None:
    """Bring `runs` runs to their ends, a few at a time; each with a log of `log` bytes."""
    result = json.dumps({"success": True, "output": output, "error": None, "duration_ms": 12}, separators=(",", ":"))
    for start in range(0, runs, AT_ONCE):
        for number in range(start, min(start + AT_ONCE, runs)):
            _ask(platform, jobs[number % len(jobs)], str(number))
        while taken := exchange(platform.store, "worker-history-1-abcdef", LEASE, [], AT_ONCE).taken:
            for one in taken if log else ():
                tell(platform.store, one.run_id, one.token, "", Part(lines=b"x" * (log - 1) + b"\n"))
            ended = [Ended(one.run_id, one.token, "success", result) for one in taken]
            exchange(platform.store, "worker-history-1-abcdef", LEASE, ended, 0)


def _ask(platform: Platform, job: Job, key: str) -> None:
    store = platform.store
    name = run_id(job.job_id, job.incarnation, store.now(), key)
    creation = Creation(name, job, "manual", None, "history", name, job.spec.inputs, ignore_guards=True)
    word = dispatch.admit(store, platform.settings, creation, job.version, SELF).word
    if word != "ok":
        raise SystemExit(f"run {name} was not admitted: {word}")


def measure(url: str, folder: Path, wanted: argparse.Namespace) -> dict[str, int]:
    """Return bytes per run: all of it, and the parts that it has."""
    platform = open_platform(settings.read({"REDIS_URL": url, "DATA_DIR": str(folder)}))
    jobs, output = save_jobs(platform, wanted.jobs, _inputs(wanted.inputs)), _filled("text", wanted.output)
    make_history(platform, jobs, min(2000, wanted.runs), output, wanted.log)
    before = _used(platform)
    make_history(platform, jobs, wanted.runs, output, wanted.log)
    grown = round((_used(platform) - before) / wanted.runs)
    parts = {part: _weight(platform, names) for part, names in _parts(platform, jobs).items()}
    return {"bytes per run": grown} | parts | {"everything else": grown - sum(parts.values())}


def _parts(platform: Platform, jobs: list[Job]) -> dict[str, list[str]]:
    """Return the keys that grow with every run, by family."""
    keys = platform.store.keys
    runs: Any = platform.store.redis.zrange(keys.runs, 0, -1)
    fixed = [("status", "success"), ("flow", GROUP), ("source", "manual")]
    of_jobs = [keys.runs_of("job", job.job_id) for job in jobs]
    return {
        "its record": [keys.run(run) for run in runs],
        "its log": [keys.logs, *(keys.log(run) for run in runs)],
        "its places in lists": [keys.runs, *(keys.runs_of(*index) for index in fixed), *of_jobs],
        "its row in the ledger": [keys.ledger(job.job_id) for job in jobs],
        "its entry in the audit": [keys.audit],
        "its events": [keys.events, *(keys.events_of_job(job.job_id) for job in jobs)],
    }


def _weight(platform: Platform, names: list[str]) -> int:
    runs: Any = platform.store.redis.zcard(platform.store.keys.runs)
    pipeline = platform.store.redis.pipeline(transaction=False)
    for name in names:
        pipeline.memory_usage(name, samples=0)
    return round(sum(size or 0 for size in pipeline.execute()) / runs)


def _used(platform: Platform) -> int:
    about: Any = platform.store.redis.info("memory")
    return int(about["used_memory"])


def _inputs(length: int) -> dict[str, Any]:
    """Return inputs of a request that are about `length` characters of JSON, the guards' own among them."""
    controls = {"allow_overlap": True, "flow_group": GROUP}
    room = length - len(json.dumps(controls)) - len('"url":"https://example.com/",')
    return controls | {"url": f"https://example.com/{'x' * max(0, room)}"}


def _filled(name: str, length: int) -> dict[str, str]:
    """Return an object that is about `length` characters of JSON."""
    return {name: "x" * max(0, length - len(name) - 7)} if length else {}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--inputs", type=int, default=120, help="characters of each job's inputs")
    parser.add_argument("--output", type=int, default=60, help="characters of each run's output")
    parser.add_argument("--packed", type=int, default=64, help="the server's hash-max-ziplist-value")
    parser.add_argument("--log", type=int, default=0, help="bytes of log of each run")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mj-history-") as name, redis_server(Path(name), wanted.packed) as url:
        figures = measure(url, Path(name), wanted)
    for what, value in figures.items():
        print(f"{what:<24} {value:>12,}")
    if wanted.json:
        wanted.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
