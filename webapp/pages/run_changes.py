"""What a person may do with a run: cancel an active one, retry one that has ended."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from runners.engine import operations
from runners.engine.errors import Conflict
from runners.engine.operations import Role
from webapp.pages.acting import change, go, refused, tell
from webapp.roles import needs

pages = Blueprint("run_changes", __name__, url_prefix="/ui/runs")

CANCELLED = {
    "cancelled": "The run is cancelled.",
    "asked": "The run is asked to stop.",
}


@pages.post("/<run_id:run_id>/cancel")
@needs(Role.OPERATOR)
def cancel(run_id: str) -> Response:
    """Cancel the run, or ask it to stop when it runs."""
    try:
        done = change(operations.cancel_run, run_id)
    except Conflict as error:
        return refused(error, _address(run_id))
    job_id = done.run.job_id
    tell(CANCELLED[done.status], href=url_for("jobs.show", job_id=job_id), label=f"See {job_id}")
    return go(_address(run_id))


@pages.post("/<run_id:run_id>/retry")
@needs(Role.OPERATOR)
def retry(run_id: str) -> Response:
    """Make a new run with the same inputs and job version; the guards decide."""
    try:
        started = change(operations.retry_run, run_id)
    except Conflict as error:
        return refused(error, _address(run_id))
    address = url_for("runs.show", run_id=started.run_id)
    tell(f"A new run of {started.job_id} with the same inputs is queued.", href=address, label="Watch it")
    return go(_address(run_id))


def _address(run_id: str) -> str:
    return url_for("runs.show", run_id=run_id)
