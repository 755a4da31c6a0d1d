"""Jobs and runs for tests, made as people and workers make them; a test states only what matters to it."""

from datetime import timedelta
from typing import Any

from runners.engine import operations
from runners.engine.job import Job
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.engine.protocol.work import Claimed, Ended, exchange
from runners.engine.run import FailureKind, Run

ADMIN = Actor("ada", Role.ADMIN, "system")
LEASE = timedelta(seconds=30)
SUCCESS = '{"success":true,"output":null,"error":null,"duration_ms":5,"truncated":false}'


def spec(job_id: str = "daily", *, inputs: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a valid spec; overlap is allowed, so that a test may have many runs of one job."""
    return {"job_id": job_id, "type": "simulation.heavy", "inputs": {"allow_overlap": True} | (inputs or {})} | fields


def save(platform: Platform, job_id: str = "daily", **fields: Any) -> Job:
    """Save a job and return it."""
    return operations.save_job(platform, ADMIN, spec(job_id, **fields)).job


def start(platform: Platform, job_id: str = "daily", source: str = "manual") -> Run:
    """Ask for a run and return it, queued."""
    return operations.run_job(platform, ADMIN, job_id, source=source)


def claim(platform: Platform, number: int = 1) -> tuple[Claimed, ...]:
    """Take up to `number` runs, as a worker does."""
    return exchange(platform.store, "worker-1", LEASE, [], number).taken


def succeed(platform: Platform, claimed: Claimed) -> None:
    """End a claimed run well."""
    exchange(platform.store, "worker-1", LEASE, [Ended(claimed.run_id, claimed.token, "success", SUCCESS)], 0)


def fail(
    platform: Platform, claimed: Claimed, error: str = "out of paper", kind: FailureKind = FailureKind.ERROR
) -> None:
    """End a claimed run badly, without another attempt."""
    ended = Ended(claimed.run_id, claimed.token, "failed", "{}", kind, error, traceback="line 1")
    exchange(platform.store, "worker-1", LEASE, [ended], 0)


def finished(platform: Platform, job_id: str = "daily", error: str | None = None) -> Run:
    """Ask for a run, take it and end it; return it as it ended."""
    run = start(platform, job_id)
    (claimed,) = claim(platform)
    if error is None:
        succeed(platform, claimed)
    else:
        fail(platform, claimed, error)
    return operations.get_run(platform, ADMIN, run.run_id)
