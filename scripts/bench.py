#!/usr/bin/env python3
"""First figures of the engine, all on one private redis-server in one run, as a table with ratios.

    python scripts/bench.py [--runs 4000] [--json out.json]

No-op runs per second with two worker processes, beside two stock `rq worker` and two `rq` SimpleWorker processes;
the time from a run's creation to its start at 20 runs a second; the cost of a scheduler's tick at 100 and at 10 000
jobs. Every run goes the way that users' runs go: admitted by script, taken by `multijob worker`, recorded in full.
Times are the store's own (`created_at`, `started_at`, `finished_at`), so no clock of this program is in them.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import redis
from rq import Queue
from rq.job import Job as RqJob

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from runners.engine import clock, settings  # noqa: E402 (the checkout must be importable first)
from runners.engine.job import validate  # noqa: E402
from runners.engine.platform import Platform, open_platform  # noqa: E402
from runners.engine.protocol import define, dispatch  # noqa: E402
from runners.engine.protocol.creation import Creation  # noqa: E402
from runners.engine.run import run_id  # noqa: E402
from runners.engine.store.jobs import load_job  # noqa: E402
from runners.scheduler import GuardedScheduler  # noqa: E402

STREAMS_COMMANDS = ("XADD", "XGROUP", "XREADGROUP", "XACK", "XDEL", "XLEN", "XRANGE", "XINFO")
CONCURRENCY = 16
LATENCY_RUNS = 200
NOOP = """
from pydantic import BaseModel
from runners.engine.handler import handler

class Inputs(BaseModel):
    pass

@handler("bench.noop", inputs=Inputs, isolation="thread")
def noop(ctx, inputs):
    "Do nothing."
    return None

def stock():
    return None
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `per_second` is None where a rate says nothing."""

    what: str
    value: float
    unit: str
    per_second: float | None = None


@contextmanager
def redis_server(folder: Path, renamed: bool) -> Iterator[str]:
    """Run a private redis-server on a socket in `folder`; yields its URL."""
    socket = folder / ("lists.sock" if renamed else "streams.sock")
    words = [word for name in STREAMS_COMMANDS for word in ("--rename-command", name, "")] if renamed else []
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder), *words]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(socket), 10, "redis-server")
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait()


def answers(socket: Path) -> bool:
    """Say whether a server answers on the socket."""
    try:
        return bool(redis.Redis(unix_socket_path=str(socket)).ping())
    except redis.RedisError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until the condition holds; ends the program when it does not."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not ready after {seconds:g} s")
        time.sleep(0.02)


@contextmanager
def processes(commands: list[list[str]], env: dict[str, str], folder: Path) -> Iterator[None]:
    """Run the commands beside each other; they are ended by SIGTERM, then by SIGKILL."""
    log = (folder / "processes.log").open("ab")
    running = [subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=folder) for command in commands]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the environment of worker processes, with the no-op handler installed by path."""
    package = folder / "handlers"
    (package / "bench_noop-0.dist-info").mkdir(parents=True, exist_ok=True)
    (package / "bench_noop.py").write_text(NOOP)
    (package / "bench_noop-0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: bench-noop\nVersion: 0\n")
    (package / "bench_noop-0.dist-info/entry_points.txt").write_text("[multijob.handlers]\nnoop = bench_noop:noop\n")
    path = os.pathsep.join((str(CHECKOUT), str(package)))
    sys.path.insert(0, str(package))
    return os.environ | {
        "PYTHONPATH": path,
        "REDIS_URL": url,
        "RQ_REDIS_URL": url,
        "DATA_DIR": str(folder / "platform"),
        "WORKER_CONCURRENCY": str(CONCURRENCY),
        "SCHEDULER_PRESSURE_DEPTH_HIGH": "1000000",
        "SCHEDULER_PRESSURE_DEPTH_LOW": "1000000",
    }


def save_job(platform: Platform, job_id: str, **spec: object) -> None:
    """Save one no-op job that may overlap itself."""
    raw = {"job_id": job_id, "type": "bench.noop", "inputs": {"allow_overlap": True}} | spec
    define.save(
        platform.store, validate(raw, platform.catalog), True, None, define.Author("bench", "cli"), platform.store.now()
    )


def admit(platform: Platform, number: int) -> str:
    """Create run `number` of the no-op job as an API call does; returns its id."""
    job, now = load_job(platform.store, "noop"), platform.store.now()
    assert job is not None
    name = run_id("noop", job.incarnation, now, str(number))
    creation = Creation(name, job, "api", None, "bench", name, job.spec.inputs)
    dispatch.admit(platform.store, platform.settings, creation, job.version)
    return name


def fields_of(platform: Platform, runs: list[str], *names: str) -> list[list[int]]:
    """Return the named millisecond fields of each run."""
    pipe = platform.store.redis.pipeline(transaction=False)
    for run in runs:
        pipe.hmget(platform.store.keys.run(run), *names)
    return [[int(value) for value in row] for row in pipe.execute()]


def ended(platform: Platform, number: int) -> Callable[[], bool]:
    """Return a condition: that many runs have succeeded."""
    return lambda: platform.store.redis.zcard(platform.store.keys.runs_of("status", "success")) >= number


def throughput(folder: Path, url: str, number: int, mode: str) -> list[Row]:
    """Measure the platform: a full queue, then two workers."""
    env = environment(folder, url)
    platform = open_platform(settings.read(env))
    platform.store.redis.flushall()
    save_job(platform, "noop")
    runs = [admit(platform, each) for each in range(number)]
    worker = [sys.executable, "-m", "runners.cli", "worker"]
    with processes([worker, worker], env, folder):
        wait_for(ended(platform, number), 120, f"{mode}: {number} runs")
        times = fields_of(platform, runs, "started_at", "finished_at")
        took = (max(row[1] for row in times) - min(row[0] for row in times)) / 1000
        waits = latency(platform, number)
    rate = number / took
    return [
        Row(f"multijob, {mode}", rate, "runs/s", rate),
        *(Row(f"start latency, {mode}, {name}", ms, "ms") for name, ms in waits),
    ]


def latency(platform: Platform, before: int) -> list[tuple[str, float]]:
    """Measure creation to start at 20 runs a second, the workers being idle."""
    runs = []
    for number in range(LATENCY_RUNS):
        runs.append(admit(platform, before + number))
        time.sleep(0.05)
    wait_for(ended(platform, before + LATENCY_RUNS), 30, "latency runs")
    waits = sorted(started - created for created, started in fields_of(platform, runs, "created_at", "started_at"))
    return [("p50", waits[len(waits) // 2]), ("p99", waits[int(len(waits) * 0.99)])]


def stock(folder: Path, url: str, number: int, worker_class: str) -> Row:
    """Measure stock RQ with two workers of the given class."""
    env = environment(folder, url)
    client = redis.Redis.from_url(url)
    client.flushall()
    queue = Queue(connection=client)
    jobs = [queue.enqueue("bench_noop.stock", result_ttl=600).id for _ in range(number)]
    command = [str(Path(sys.executable).parent / "rq"), "worker", "--quiet", "-w", worker_class]
    with processes([command, command], env, folder):
        wait_for(lambda: queue.finished_job_registry.count >= number, 120, worker_class)
    done = RqJob.fetch_many(jobs, connection=client)
    first = min(job.started_at for job in done if job and job.started_at)
    last = max(job.ended_at for job in done if job and job.ended_at)
    rate = number / (last - first).total_seconds()
    return Row(f"stock rq, {worker_class.rsplit('.')[-1]}", rate, "runs/s", rate)


def tick_cost(folder: Path, url: str, number: int) -> Row:
    """Measure a tick with nothing due, with `number` jobs defined."""
    env = environment(folder, url)
    platform = open_platform(settings.read(env))
    platform.store.redis.flushall()
    for each in range(number):
        save_job(platform, f"job-{each}", schedule={"interval_sec": 86400})
    scheduler = GuardedScheduler(platform)
    took = []
    for _ in range(300):
        started = time.perf_counter()
        scheduler.enqueue_jobs()
        took.append((time.perf_counter() - started) * 1000)
    return Row(f"tick with nothing due, {number} jobs, median", statistics.median(took), "ms")


def dispatch_rate(folder: Path, url: str, number: int) -> Row:
    """Measure guarded dispatch of due slots by one scheduler, the cap raised out of the way."""
    env = environment(folder, url) | {"SCHEDULER_MAX_DISPATCH_PER_TICK": "1000"}
    platform = open_platform(settings.read(env))
    platform.store.redis.flushall()
    for each in range(number):
        save_job(platform, f"job-{each}", schedule={"interval_sec": 3600})
    due = clock.to_ms(platform.store.now() - timedelta(seconds=1))
    platform.store.redis.zadd(platform.store.keys.due("regular"), {f"job-{each}": due for each in range(number)})
    later = platform.store.now() + timedelta(hours=1)
    moved = GuardedScheduler(platform_at(platform, later))
    started, sent = time.perf_counter(), 0
    while sent < number:
        looks = moved.enqueue_jobs()
        sent += sum(1 for look in looks if look.run_slot_at)
        later += timedelta(seconds=1)
        moved.platform = platform_at(platform, later)
    rate = number / (time.perf_counter() - started)
    return Row(f"guarded dispatch, {number} due slots, cap 1000", rate, "slots/s", rate)


def platform_at(platform: Platform, now: object) -> Platform:
    """Return the platform with its clock standing at `now`."""
    return replace(platform, store=replace(platform.store, clock=lambda: now))


def table(rows: list[Row]) -> str:
    """Return the rows as Markdown, rates with their ratio to stock `rq worker`."""
    base = next((row.per_second for row in rows if row.what.endswith("Worker") and "Simple" not in row.what), None)
    lines = ["| what | measured | ratio to stock `rq worker` |", "|---|---|---|"]
    for row in rows:
        ratio = f"{row.per_second / base:.1f} times" if row.unit == "runs/s" and row.per_second and base else ""
        digits = 2 if row.value < 100 else 0
        lines.append(f"| {row.what} | {row.value:,.{digits}f} {row.unit} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4000, help="no-op runs for the platform; stock RQ gets a tenth")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="multijob-bench-"))
    rows = []
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = stack.enter_context(redis_server(folder, renamed=False))
        lists_url = stack.enter_context(redis_server(folder, renamed=True))
        rows.append(stock(folder, url, max(200, asked.runs // 10), "rq.worker.Worker"))
        rows.append(stock(folder, url, max(200, asked.runs // 10), "rq.worker.SimpleWorker"))
        rows += throughput(folder, url, asked.runs, "streams")
        rows += throughput(folder, lists_url, asked.runs, "lists")
        rows += [tick_cost(folder, url, 100), tick_cost(folder, url, 10_000), dispatch_rate(folder, url, 5_000)]
    print(table(rows))
    if asked.json:
        asked.json.write_text(json.dumps([[row.what, row.value, row.unit] for row in rows], indent=1))


if __name__ == "__main__":
    main()
