"""The platform as a contender: a no-op handler in an entry point of its own, runs admitted as an API call admits them."""

import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from contenders import Contender, workers
from ground import CHECKOUT

from runners.engine import settings
from runners.engine.job import validate
from runners.engine.platform import Platform, open_platform
from runners.engine.protocol import define, dispatch
from runners.engine.protocol.creation import Creation
from runners.engine.run import run_id
from runners.engine.store.jobs import load_job

HANDLERS = """
import time
from pydantic import BaseModel
from runners.engine.handler import handler
from noop import noop

class Inputs(BaseModel):
    sent: float = 0.0
    hold_sec: float = 0.0

@handler("bench.noop", inputs=Inputs, isolation="thread")
def nothing(ctx, inputs):
    "Do nothing, or nothing for a while."
    noop(inputs.sent)
    if inputs.hold_sec:
        time.sleep(inputs.hold_sec)
"""
FAR = "1000000"
SELF = define.Author("bench", "cli")


def environment(folder: Path, url: str, **more: str) -> dict[str, str]:
    """Return the environment of all processes: the checkout, the handler, the marks, and no pressure."""
    package = folder / "handlers"
    (package / "bench_noop-0.dist-info").mkdir(parents=True, exist_ok=True)
    (package / "bench_noop.py").write_text(HANDLERS)
    (package / "bench_noop-0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: bench-noop\nVersion: 0\n")
    (package / "bench_noop-0.dist-info/entry_points.txt").write_text("[multijob.handlers]\nnoop = bench_noop:nothing\n")
    if str(package) not in sys.path:
        sys.path.insert(0, str(package))
    here = Path(__file__).resolve().parent
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, (CHECKOUT, package, here, here / "peers"))),
        "BENCH_MARKS": str(folder / "marks"),
        "REDIS_URL": url,
        "RQ_REDIS_URL": url,
        "DATA_DIR": str(folder / "platform"),
        "WORKER_CONCURRENCY": "16",
        "SCHEDULER_PRESSURE_DEPTH_HIGH": FAR,
        "SCHEDULER_PRESSURE_DEPTH_LOW": FAR,
        **more,
    }


def platform(env: Mapping[str, str]) -> Platform:
    """Open the platform that these processes serve."""
    return open_platform(settings.read(env))


def save_job(platform: Platform, job_id: str, at: datetime | None = None, **spec: object) -> None:
    """Save one no-op job that may overlap itself, as if it were `at`."""
    raw = {"job_id": job_id, "type": "bench.noop", **spec}
    raw["inputs"] = {"allow_overlap": True, **raw.get("inputs", {})}
    define.save(platform.store, validate(raw, platform.catalog), True, None, SELF, at or platform.store.now())


def send(count: int, pause_sec: float, env: Mapping[str, str]) -> None:
    """Admit runs of the no-op job; with a pause each says when it was sent."""
    here = platform(env)
    job = load_job(here.store, "noop")
    if job is None:
        save_job(here, "noop")
        job = load_job(here.store, "noop")
    assert job is not None
    for number in range(count):
        now = here.store.now()
        name = run_id("noop", job.incarnation, now, str(number))
        inputs = {**job.spec.inputs, "sent": time.time()} if pause_sec else job.spec.inputs
        dispatch.admit(
            here.store, here.settings, Creation(name, job, "api", None, "bench", name, inputs), job.version, SELF
        )
        time.sleep(pause_sec)


def contenders(number: int) -> list[Contender]:
    """Return the platform in both transports that need a server."""
    modes = ("streams", "lists")
    return [
        Contender(f"multijob, {mode}", number, workers(), send, settings={"QUEUE_MODE": mode}, close=True)
        for mode in modes
    ]
