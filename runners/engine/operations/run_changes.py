"""Runs that exist: stop one, or do an ended one again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from runners.engine.errors import Conflict, NotFound
from runners.engine.job import Job, JobSpec, spec_from_json
from runners.engine.job.controls import split
from runners.engine.operations.admission import admitted, asked_for
from runners.engine.operations.existing import existing_job, existing_run
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.work import cancel, try_again
from runners.engine.run import Run
from runners.engine.store.connection import Store
from runners.engine.store.versions import load_version


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling did: ended the run, or asked its worker to stop it; and the run as it is now."""

    status: Literal["cancelled", "asked"]
    run: Run


@operation(Role.OPERATOR)
def cancel_run(platform: Platform, actor: Actor, run_id: str) -> Cancellation:
    """Cancel the run: one that waits ends at once, one that runs as soon as its worker hears of it.

    A worker hears of it within a second; a handler that does not listen is ended by force, within five in all.
    Raises NotFound, and Conflict when the run has ended.
    """
    before = existing_run(platform.store, run_id)
    word = cancel(platform.store, run_id, actor.author(), before.status)
    run = existing_run(platform.store, run_id)
    if word == "final":
        raise Conflict(f"run '{run_id}' is {run.status}; only one that has not ended can be cancelled")
    return Cancellation("asked" if word == "asked" else "cancelled", run)


@operation(Role.OPERATOR)
def retry_run(
    platform: Platform, actor: Actor, run_id: str, ignore_guards: bool = False, idempotency_key: str | None = None
) -> Run:
    """Create a new run with the inputs and the job version of one that has ended, and return it queued.

    It is admitted as `run_job` says; the same `idempotency_key` makes one run a day. Raises NotFound, and Conflict: with
    the hold when a guard holds, and when the run is active, its job is deleted, or the version of the job that it ran is
    no longer kept.
    """
    run = existing_run(platform.store, run_id)
    if run.status.active:
        raise Conflict(f"run '{run_id}' is {run.status}; only one that has ended can be retried")
    try:
        present = existing_job(platform.store, run.job_id)
        job = at_version(platform.store, present, run.job_version)
        creation = asked_for(platform, actor, job, run.inputs, "retry", ignore_guards, idempotency_key)
        again = admitted(platform, actor, creation, present.version, idempotency_key)
    except NotFound:
        fault = f"run '{run_id}' cannot be retried: job '{run.job_id}' is deleted; save the job again first"
        raise Conflict(fault) from None
    try_again(platform.store, run_id)
    return again


def at_version(store: Store, job: Job, version: int) -> Job:
    """Return the job with the spec that it had at `version`, under the guards of today: they protect what runs now."""
    if version == job.version:
        return job
    spec = load_version(store, job.job_id, version)
    if spec is None:
        raise Conflict(f"version {version} of job '{job.job_id}' is no longer kept; run the job as it is now")
    return replace(job, spec=_guarded_as(job.spec, spec), version=version)


def _guarded_as(present: JobSpec, past: JobSpec) -> JobSpec:
    controls, _ = split(present.inputs)
    now = present.to_json()
    kept = {name: now[name] for name in ("requires_approval", "approvers")}
    return spec_from_json(past.to_json() | kept | {"inputs": past.handler_inputs | controls})
