"""Grants: what approvals granted to jobs, with a way to take it back, and the form that asks for more."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Invalid, NotFound
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.grant_form import GrantForm, to_request
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("grants", __name__, url_prefix="/ui")

ROWS = 40


@pages.get("/grants")
@needs(Role.ADMIN)
def index() -> Response:
    """Show every grant, those that are over too, of one job or of all."""
    number, job_id = page_number(), request.args.get("job_id", "").strip() or None
    found = [grant for grant in read(operations.list_grants) if job_id in (None, grant.job_id)]
    rows = found[(number - 1) * ROWS : number * ROWS]
    shown = paging(number, ROWS, len(rows), len(found), BACK_FURTHER)
    return respond("grants/index.html", "grants/_table.html", rows=rows, job_id=job_id, paging=shown)


@pages.get("/grants/<grant_id:grant_id>/revoke")
@needs(Role.ADMIN)
def ask_to_revoke(grant_id: str) -> Response:
    """Ask whether the grant should end."""
    grant = next((one for one in read(operations.list_grants) if one.grant_id == grant_id), None)
    if grant is None:
        raise NotFound(f"grant '{grant_id}' does not exist")
    return respond("grants/revoke.html", "grants/revoke.html", grant=grant)


@pages.post("/grants/<grant_id:grant_id>/revoke")
@needs(Role.ADMIN)
def revoke(grant_id: str) -> Response:
    """Take a grant away."""
    try:
        change(operations.revoke_grant, grant_id)
    except NotFound as error:
        return refused(error, url_for("grants.index"))
    tell(_("The grant is revoked: runs that start from now on have it no more."))
    return go(url_for("grants.index"))


@pages.get("/jobs/<job_id:job_id>/grants/new")
@needs(Role.OPERATOR)
def new(job_id: str) -> Response:
    """Show the form that asks for a grant."""
    return _form(job_id, GrantForm())


@pages.post("/jobs/<job_id:job_id>/grants/new")
@needs(Role.OPERATOR)
def ask(job_id: str) -> Response:
    """Ask for a grant and show the approval that an admin decides on, or what is wrong."""
    try:
        approval = change(operations.request_grant, job_id, *to_request(request.form))
    except Invalid as error:
        return _form(job_id, GrantForm(request.form, tuple(error.problems)), 422)
    tell(_("An admin decides within a day; until then the job's slots are held."), tone="wait")
    return go(url_for("approvals.show", approval_id=approval.approval_id))


def _form(job_id: str, granting: GrantForm, status: int = 200) -> Response:
    job = read(operations.get_job, job_id)
    return respond("grants/new.html", "grants/_form.html", status, job=job, granting=granting)
