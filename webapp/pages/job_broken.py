"""The page of a job whose record cannot be read: the fault, what is left, and what mends it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound, Unreadable
from runners.engine.operations import Role
from webapp.errors import answer_of
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.reading import read
from webapp.polling import is_poll, whole_page
from webapp.roles import needs

pages = Blueprint("job_broken", __name__, url_prefix="/ui/jobs")


def show(error: Unreadable) -> Any:
    """Answer whatever page of such a job was asked for; what was sent is refused as everywhere."""
    job_id = (request.view_args or {}).get("job_id")
    if request.method != "GET" or job_id is None:
        return answer_of(error)
    if is_poll():
        return whole_page(HTTPStatus.CONFLICT)
    versions = read(operations.job_versions, job_id, 1).rows
    return render_template(
        "jobs/broken.html", job_id=job_id, fault=error, last=versions[0].version if versions else None
    )


@pages.post("/<job_id:job_id>/mend/<version_id:version_id>")
@needs(Role.OPERATOR)
def mend(job_id: str, version_id: str) -> Response:
    """Replace the record by the spec of a version; whether the job is enabled stays as it can still be read."""
    address = url_for("jobs.show", job_id=job_id)
    try:
        spec = read(operations.job_version, job_id, int(version_id)).to_json()
        saved = change(operations.save_job, spec, keep_enabled=True)
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        return refused(error, address)
    tell(_("%(job)s is whole again, with the spec of version %(number)s.", job=saved.job.job_id, number=version_id))
    return go(address)
