"""A job's versions: what each changed, and a button that goes back to one."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, NotFound, Stale
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, shown_version, tell
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("job_versions", __name__, url_prefix="/ui/jobs")

ROWS = 10


@pages.get("/<job_id:job_id>/versions")
@needs(Role.VIEWER)
def index(job_id: str) -> Response:
    """Show the versions of the job, newest first."""
    number = page_number()
    job = read(operations.get_job, job_id)
    found = read(operations.job_versions, job_id, limit=ROWS, offset=(number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total)
    return respond("jobs/versions.html", "jobs/_versions.html", job=job, found=found, paging=shown)


@pages.post("/<job_id:job_id>/rollback/<version_id:version_id>")
@needs(Role.ADMIN)
def roll_back(job_id: str, version_id: str) -> Response:
    """Go back to a version, if the job is still the one that the page showed."""
    address = url_for("job_versions.index", job_id=job_id)
    try:
        saved = change(operations.roll_back, job_id, int(version_id), shown_version() or 0)
    except (Conflict, Invalid, NotFound, Stale) as error:
        return refused(error, address)
    if saved.status == "unchanged":
        tell(f"{job_id} has the spec of version {version_id} already.")
    else:
        tell(f"{job_id} has the spec of version {version_id} again; this is version {saved.job.version}.")
    return go(address)
