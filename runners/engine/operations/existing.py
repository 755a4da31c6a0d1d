"""What operations share: the job or run that is asked about, or the error that says that there is none."""

from __future__ import annotations

from runners.engine.errors import NotFound, Unreadable
from runners.engine.job import Job
from runners.engine.run import Run, named_moment
from runners.engine.store import jobs, runs
from runners.engine.store.connection import Store
from runners.engine.store.jobs import Broken


def existing_job(store: Store, job_id: str) -> Job:
    """Return the job. Raises NotFound, and Unreadable on a broken record."""
    job = jobs.load_job(store, job_id)
    if job is None:
        raise _missing(job_id)
    return job


def existing_record(store: Store, job_id: str) -> Job | Broken:
    """Return the job, or what is left of a broken one. Raises NotFound."""
    found = jobs.load_record(store, job_id)
    if found is None:
        raise _missing(job_id)
    return found


def existing_run(store: Store, run_id: str) -> Run:
    """Return the run. Raises NotFound, and Unreadable on a broken record."""
    try:
        run = runs.load_run(store, run_id)
    except (KeyError, ValueError) as fault:
        raise Unreadable(
            f"run '{run_id}': its record cannot be read ({fault!r:.200}); multijob doctor says what else is broken"
        ) from fault
    if run is None:
        raise missing_run(store, run_id)
    return run


def missing_run(store: Store, run_id: str) -> NotFound:
    """Say of a run from before the history that is kept that it may have been there: links to it outlive it."""
    moment, begins = named_moment(run_id), runs.history_begins_at(store)
    if moment is None or begins is None or moment >= begins:
        return NotFound(f"run '{run_id}' does not exist")
    return NotFound(
        f"run '{run_id}' of {moment:%Y-%m-%dT%H:%M:%SZ} is not kept any more: ended runs are kept from "
        f"{begins:%Y-%m-%dT%H:%M:%SZ} on; RUNS_KEPT and RUNS_KEPT_DAYS say for how long"
    )


def _missing(job_id: str) -> NotFound:
    return NotFound(f"job '{job_id}' does not exist")
