"""What a person may do with a run: cancel an active one, retry one that has ended."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from runners.engine import operations
from runners.engine.errors import Conflict
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("run_changes", __name__, url_prefix="/ui/runs")

CANCELLED = {
    "cancelled": _l("The run is cancelled."),
    "asked": _l("The run is asked to stop."),
}


@pages.get("/<run_id:run_id>/cancel")
@needs(Role.OPERATOR)
def ask(run_id: str) -> Response:
    """Ask before the run is cancelled; one that has ended cannot be."""
    run = read(operations.get_run, run_id)
    if not run.status.active:
        return go(_address(run_id))
    return respond("runs/cancel.html", "runs/cancel.html", run=run)


@pages.post("/<run_id:run_id>/cancel")
@needs(Role.OPERATOR)
def cancel(run_id: str) -> Response:
    """Cancel the run, or ask it to stop when it runs."""
    try:
        done = change(operations.cancel_run, run_id)
    except Conflict as error:
        return refused(error, _address(run_id))
    job_id = done.run.job_id
    tell(str(CANCELLED[done.status]), href=url_for("jobs.show", job_id=job_id), label=_("See %(job)s", job=job_id))
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
    said = _("A new run of %(job)s with the same inputs is queued.", job=started.job_id)
    tell(said, href=address, label=_("Watch it"))
    return go(_address(run_id))


def _address(run_id: str) -> str:
    return url_for("runs.show", run_id=run_id)
