"""What operations share: the job or run that is asked about, or the error that says that there is none."""

from __future__ import annotations

from runners.engine.errors import NotFound
from runners.engine.job import Job
from runners.engine.run import Run
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
    """Return the run. Raises NotFound."""
    run = runs.load_run(store, run_id)
    if run is None:
        raise NotFound(f"run '{run_id}' does not exist")
    return run


def _missing(job_id: str) -> NotFound:
    return NotFound(f"job '{job_id}' does not exist")
