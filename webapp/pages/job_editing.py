"""Making and editing a job: a form that keeps what was typed, names all problems at once, and shows when it would run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for

from runners.engine import operations
from runners.engine.errors import Conflict, Forbidden, Invalid, Stale
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, shown_version, tell
from webapp.pages.job_editor import Editor, as_typed, blank, fields_of, of_job
from webapp.pages.job_form import to_spec
from webapp.pages.reading import read
from webapp.pages.schedule_preview import SchedulePreview, preview
from webapp.roles import needs

pages = Blueprint("job_editing", __name__, url_prefix="/ui/jobs")


@pages.get("/new")
@needs(Role.OPERATOR)
def new() -> Response:
    """Show the empty form, or a copy of the job that the address names."""
    return _form(blank())


@pages.post("/new")
@needs(Role.OPERATOR)
def create() -> Response:
    """Make the job, or show what is wrong with it."""
    try:
        saved = change(operations.save_job, _spec(), create_only=True)
    except Invalid as error:
        return _form(as_typed(request.form, None, 0, error.problems), 422)
    except Forbidden as error:
        return _form(as_typed(request.form, None, 0, [_forbidden(error)]), 403)
    except (Conflict, Stale) as error:
        return _form(as_typed(request.form, None, 0, [operations.Problem(("job_id",), str(error), "taken")]), 409)
    tell(f"{saved.job.job_id} is created.")
    return go(url_for("jobs.show", job_id=saved.job.job_id))


@pages.get("/<job_id:job_id>/edit")
@needs(Role.OPERATOR)
def edit(job_id: str) -> Response:
    """Show the form of an existing job."""
    return _form(of_job(read(operations.get_job, job_id)))


@pages.post("/<job_id:job_id>/edit")
@needs(Role.OPERATOR)
def save(job_id: str) -> Response:
    """Replace the job if it is still the one that the person saw; otherwise show what changed meanwhile."""
    spec, version = _kept(job_id) | _spec() | {"job_id": job_id}, shown_version() or 0
    try:
        saved = change(operations.save_job, spec, expected_version=version)
    except Invalid as error:
        return _form(as_typed(request.form, job_id, version, error.problems), 422)
    except Forbidden as error:
        return _form(as_typed(request.form, job_id, version, [_forbidden(error)]), 403)
    except Stale:
        return _form(_overtaken(job_id, spec), 412)
    tell(f"{job_id} is {saved.status}; runs that exist keep the version they began with.")
    return go(url_for("jobs.show", job_id=job_id))


@pages.post("/preview")
@needs(Role.VIEWER)
def show_preview() -> Response:
    """Show when the schedule in the form would run; changes nothing."""
    editor = _as_typed()
    return respond("jobs/edit.html", "jobs/_preview.html", editor=editor, preview=_preview(editor))


@pages.post("/inputs")
@needs(Role.VIEWER)
def show_inputs() -> Response:
    """Show the fields of the type that the form names; changes nothing."""
    editor = _as_typed()
    return respond("jobs/edit.html", "jobs/_inputs.html", editor=editor, preview=_preview(editor))


def _form(editor: Editor, status: int = 200) -> Response:
    return respond("jobs/edit.html", "jobs/_form.html", status, editor=editor, preview=_preview(editor))


def _as_typed() -> Editor:
    return as_typed(request.form, request.form.get("editing") or None, shown_version() or 0)


def _spec() -> dict[str, Any]:
    return to_spec(request.form, fields_of(request.form.get("type", "")))


def _preview(editor: Editor) -> SchedulePreview:
    return preview(to_spec(editor.shown, ()).get("schedule"))


def _forbidden(error: Forbidden) -> operations.Problem:
    """Return why somebody who is no admin may not let a job need less approval than it does."""
    return operations.Problem(("approvers",), str(error), "forbidden")


def _kept(job_id: str) -> dict[str, Any]:
    """Return what the stored spec says and the form may leave out: a form without a part says nothing of it."""
    stored = read(operations.get_job, job_id).spec.to_json()
    return {name: stored[name] for name in ("requires_approval", "approvers", "pool")}


def _overtaken(job_id: str, spec: dict[str, Any]) -> Editor:
    """Return the form as typed, at the version that stands now, naming what differs from it."""
    job = read(operations.get_job, job_id)
    stored = job.spec.to_json() | {"enabled": job.enabled}
    changed = tuple(name for name, value in stored.items() if spec.get(name, value) != value)
    return replace(as_typed(request.form, job_id, job.version), changed_fields=changed, overtaken=True)
