"""What a person may do with a job that exists, apart from editing it."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict
from runners.engine.operations import Role
from runners.engine.run import Run, RunStatus
from webapp.pages.acting import change, go, refused, tell
from webapp.roles import needs

pages = Blueprint("job_changes", __name__, url_prefix="/ui/jobs")


@pages.post("/<job_id:job_id>/run")
@needs(Role.OPERATOR)
def run(job_id: str) -> Response:
    """Start a run now; the guards decide, but for cooldown and pressure when the form says to pass over them."""
    try:
        started = change(operations.run_job, job_id, ignore_guards=request.form.get("guards") == "ignore")
    except Conflict as error:
        return refused(error, _address(job_id))
    tell_of_run(started)
    return go(_address(job_id))


@pages.post("/<job_id:job_id>/enable")
@needs(Role.OPERATOR)
def enable(job_id: str) -> Response:
    """Let the job's schedule make slots again."""
    change(operations.set_enabled, job_id, True)
    tell(_("%(job)s is enabled; its schedule starts at its next slot.", job=job_id))
    return go(_address(job_id))


@pages.post("/<job_id:job_id>/disable")
@needs(Role.OPERATOR)
def disable(job_id: str) -> Response:
    """Stop the job's schedule; runs that exist go on."""
    change(operations.set_enabled, job_id, False)
    tell(_("%(job)s is disabled; it has no slots until it is enabled. Runs that exist go on.", job=job_id))
    return go(_address(job_id))


@pages.post("/<job_id:job_id>/memory/reset")
@needs(Role.OPERATOR)
def reset_memory(job_id: str) -> Response:
    """Forget the job's failures, and end its cooldown."""
    change(operations.reset_memory, job_id)
    tell(_("The failures of %(job)s are forgotten; no cooldown holds it now.", job=job_id))
    return go(_address(job_id))


@pages.post("/<job_id:job_id>/delete")
@needs(Role.ADMIN)
def delete(job_id: str) -> Response:
    """Delete the job; its active runs too when the form says so, otherwise they forbid it."""
    try:
        change(operations.delete_job, job_id, cancel=request.form.get("cancel") == "yes")
    except Conflict as error:
        return refused(error, url_for("jobs.delete", job_id=job_id))
    said = _("%(job)s is deleted; its history stays.", job=job_id)
    tell(said, href=url_for("runs.index", job_id=job_id), label=_("Its runs"))
    return go(url_for("jobs.index"))


def tell_of_run(run: Run) -> None:
    """Say on the next page that the run is queued, or that somebody must decide about it first, and where it can be watched."""
    waits = run.status is RunStatus.WAITING_APPROVAL
    said = _("A run of %(job)s waits for a decision.") if waits else _("A run of %(job)s is queued.")
    tell(said % {"job": run.job_id}, href=url_for("runs.show", run_id=run.run_id), label=_("Watch it"))


def _address(job_id: str) -> str:
    return url_for("jobs.show", job_id=job_id)
