"""Making and editing a job: a form or a text that keeps what was typed, names all problems at once, and sees who was faster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, Unreadable
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages import job_broken, job_preview
from webapp.pages.acting import change, go, shown_version, tell, tell_sharing
from webapp.pages.job_editor import Editor, as_typed, blank, copy_of, fields_of, of_job
from webapp.pages.job_overtaken import overtaken
from webapp.pages.job_typed import Written, typed_spec, written
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("job_editing", __name__, url_prefix="/ui/jobs")
pages.register_error_handler(Unreadable, job_broken.show)


@pages.get("/new")
@needs(Role.OPERATOR)
def new() -> Response:
    """Show the empty form, or a copy of the job that the address names."""
    like = request.args.get("like", "").strip()
    return form_of(copy_of(read(operations.get_job, like)) if like else blank())


@pages.post("/new")
@needs(Role.OPERATOR)
def create() -> Response:
    """Make the job, or show what is wrong with it."""
    try:
        saved = change(operations.save_job, spec_of_form(), create_only=True)
    except Invalid as error:
        return form_of(as_typed(request.form, None, 0, error.problems), 422)
    except Forbidden as error:
        return form_of(as_typed(request.form, None, 0, [_forbidden(error)]), 403)
    except (Conflict, Stale) as error:
        return form_of(as_typed(request.form, None, 0, [Problem(("job_id",), str(error), "taken")]), 409)
    tell(_("%(job)s is created.", job=saved.job.job_id))
    tell_sharing(saved.sharing)
    return go(url_for("jobs.show", job_id=saved.job.job_id))


@pages.get("/<job_id:job_id>/edit")
@needs(Role.OPERATOR)
def edit(job_id: str) -> Response:
    """Show the form of an existing job, with the cron expression of the address if it names one."""
    cron = request.args.get("cron", "").strip()[:128]
    changed = {"schedule.kind": "cron", "schedule.cron": cron} if cron else {}
    return form_of(of_job(read(operations.get_job, job_id), **changed))


@pages.post("/<job_id:job_id>/edit")
@needs(Role.OPERATOR)
def save(job_id: str) -> Response:
    """Replace the job if it is still the one that the person saw; otherwise show what changed meanwhile."""
    version, spec = shown_version() or 0, {}
    try:
        spec = spec_of_form(job_id)
        saved = change(operations.save_job, spec, expected_version=version, keep_enabled=True)
    except Invalid as error:
        return form_of(as_typed(request.form, job_id, version, error.problems), 422)
    except Forbidden as error:
        return form_of(as_typed(request.form, job_id, version, [_forbidden(error)]), 403)
    except NotFound:
        return form_of(replace(as_typed(request.form, None, 0), gone=True), 409)
    except Stale:
        return form_of(overtaken(job_id, version, spec), 412)
    tell(_said(saved.status, job_id))
    tell_sharing(saved.sharing)
    return go(url_for("jobs.show", job_id=job_id))


def form_of(editor: Editor, status: int = 200, preview: job_preview.JobPreview | None = None) -> Response:
    """Return the page of the form."""
    preview = preview or job_preview.of_editor(editor)
    return respond("jobs/edit.html", "jobs/_form.html", status, editor=editor, preview=preview)


def spec_of_form(job_id: str | None = None) -> dict[str, Any]:
    """Return the raw spec that the form states, of the job `job_id` if it edits one.

    What a form has no field for stays as it is stored. Raises Invalid when a text is no spec, or one of another job, and
    NotFound when the job is gone.
    """
    spec = typed_spec(request.form, fields_of(request.form.get("type", "")))
    if job_id is None:
        return spec
    if spec.get("job_id", job_id) != job_id:
        said = _("job_id: this is %(job)s, and an id stays for ever; duplicate the job for another one", job=job_id)
        raise Invalid([Problem(("job_id",), said, "not_the_path")])
    stored = read(operations.get_job, job_id).spec.to_json()
    kept = ("requires_approval", "approvers") if written(request.form) is Written.FORM else ()
    return {name: stored[name] for name in kept} | spec | {"job_id": job_id}


def _forbidden(error: Forbidden) -> Problem:
    """Return why somebody who is no admin may not let a job need less approval than it does."""
    return Problem(("approvers",), str(error), "forbidden")


def _said(status: str, job_id: str) -> str:
    if status == "unchanged":
        return _("%(job)s is unchanged: it says that already.", job=job_id)
    return _("%(job)s is updated; runs that exist keep the version they began with.", job=job_id)
