"""What a form of a job does before it is saved: check, show other inputs, take a preset, be written another way, be merged."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from runners.engine import operations
from runners.engine.automation import PRESETS
from runners.engine.errors import Invalid
from runners.engine.operations import Role
from webapp.htmx import respond, wants_fragment
from webapp.pages import job_preview
from webapp.pages.acting import shown_version
from webapp.pages.job_conflict import merged
from webapp.pages.job_editing import form_of, spec_of_form
from webapp.pages.job_editor import Editor, as_typed, fields_of, of_spec
from webapp.pages.job_overtaken import base_of, stored, whole
from webapp.pages.job_typed import Written, typed_spec, without_a_field, written
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("job_filling", __name__, url_prefix="/ui/jobs")


@pages.post("/check")
@needs(Role.VIEWER)
def check() -> Response:
    """Show all that is wrong with the form, and when the job would run; changes nothing."""
    preview = _checked()
    editor = replace(_typed(), problems=list(preview.wrong if wants_fragment() else preview.problems))
    return respond("jobs/edit.html", "jobs/_checked.html", editor=editor, preview=preview)


@pages.post("/inputs")
@needs(Role.VIEWER)
def show_inputs() -> Response:
    """Show the fields of the type that the form names; changes nothing."""
    return _part("jobs/_inputs.html", _typed())


@pages.post("/guards")
@needs(Role.VIEWER)
def fill_guards() -> Response:
    """Fill the fields of failure memory with a preset; changes nothing."""
    editor, preset = _typed(), PRESETS.get(request.form.get("preset", ""))
    filled = {f"inputs.{name}": str(value) for name, value in preset.fields().items()} if preset else {}
    return _part("jobs/_form_guards.html", replace(editor, shown={**editor.shown, **filled}))


@pages.post("/turn")
@needs(Role.VIEWER)
def turn() -> Response:
    """Write what was typed in the other way, in fields or as YAML or JSON; where something would be lost, say what and leave it."""
    to = Written(request.form["turn"]) if request.form.get("turn") in set(Written) else Written.FORM
    editor = _typed()
    try:
        spec = typed_spec(request.form, editor.fields)
    except Invalid as error:
        return form_of(replace(editor, problems=error.problems), 422)
    lost = without_a_field(spec) if to is Written.FORM and written(request.form) is not Written.FORM else []
    if lost:
        return form_of(replace(editor, problems=lost), 422)
    return form_of(of_spec(spec, to, editor.job_id, editor.version))


@pages.post("/<job_id:job_id>/merge")
@needs(Role.OPERATOR)
def merge(job_id: str) -> Response:
    """Put what was typed on top of what somebody else saved meanwhile, and show it; nothing is saved yet. Raises NotFound."""
    job, way = read(operations.get_job, job_id), written(request.form)
    try:
        typed = spec_of_form(job_id)
    except Invalid as error:
        return form_of(replace(_typed(), problems=error.problems), 422)
    base = base_of(job, _number(request.form.get("base", "")))
    both = merged(base, stored(job), whole(typed, job)) if base else typed
    return form_of(of_spec(both, way, job_id, job.version))


def _part(part: str, editor: Editor) -> Response:
    return respond("jobs/edit.html", part, editor=editor, preview=job_preview.of_editor(editor))


def _typed() -> Editor:
    return as_typed(request.form, request.form.get("editing") or None, shown_version() or 0)


def _checked() -> job_preview.JobPreview:
    try:
        spec = typed_spec(request.form, fields_of(request.form.get("type", "")))
    except Invalid as error:
        return job_preview.unreadable(error.problems)
    return job_preview.checked(spec)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
