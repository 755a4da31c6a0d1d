"""A job's versions: what each changed, and the way back to one."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, NotFound, Stale, Unreadable
from runners.engine.job.difference import differences
from runners.engine.operations import Role
from webapp.pages import job_broken
from webapp.pages.acting import change, go, refused, shown_version, tell
from webapp.pages.job_frame import show_tab
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("job_versions", __name__, url_prefix="/ui/jobs")
pages.register_error_handler(Unreadable, job_broken.show)

ROWS = 10


@pages.get("/<job_id:job_id>/versions")
@needs(Role.VIEWER)
def index(job_id: str) -> Response:
    """Show the versions of the job, newest first, behind the cursor of the URL."""
    job, cursor = read(operations.get_job, job_id), request.args.get("cursor") or None
    found = read(operations.job_versions, job_id, ROWS, 0, cursor)
    return show_tab(job, "versions", "jobs/_live.html", found=found, newest=cursor is None)


@pages.get("/<job_id:job_id>/rollback/<version_id:version_id>")
@needs(Role.ADMIN)
def confirm(job_id: str, version_id: str) -> Response:
    """Ask once more before the job goes back to a version, showing all that would change."""
    job, then = read(operations.get_job, job_id), read(operations.job_version, job_id, int(version_id))
    changes = [one for one in differences(job.spec.to_json(), then.to_json()) if one.path != ("enabled",)]
    return Response(render_template("jobs/rollback.html", job=job, number=int(version_id), changes=changes))


@pages.post("/<job_id:job_id>/rollback/<version_id:version_id>")
@needs(Role.ADMIN)
def roll_back(job_id: str, version_id: str) -> Response:
    """Go back to a version, if the job is still the one that the page showed."""
    address = url_for("job_versions.index", job_id=job_id)
    try:
        saved = change(operations.roll_back, job_id, int(version_id), shown_version() or 0)
    except (Conflict, Invalid, NotFound, Stale) as error:
        return refused(error, address)
    named = {"job": job_id, "number": version_id, "now": saved.job.version}
    if saved.status == "unchanged":
        tell(_("%(job)s has the spec of version %(number)s already.", **named))
    else:
        tell(_("%(job)s has the spec of version %(number)s again; this is version %(now)s.", **named))
    return go(address)
