"""What the form of an agent workflow does before it is saved: check, and take the failure settings of a preset."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from runners.engine.operations import Role
from webapp.htmx import respond, wants_fragment
from webapp.pages import automation_preview
from webapp.pages.automation import form_of, shown_fields
from webapp.pages.automation_form import typed, with_preset
from webapp.roles import needs

pages = Blueprint("automation_filling", __name__, url_prefix="/ui/automation")


@pages.post("/check")
@needs(Role.OPERATOR)
def check() -> Response:
    """Show all that is wrong with the form, and when the workflow would run; changes nothing."""
    preview = automation_preview.checked(typed(request.form))
    editor = shown_fields(request.form)
    if not wants_fragment():
        return form_of(replace(editor, problems=list(preview.problems)), preview=preview)
    editor = replace(editor, problems=list(preview.wrong))
    return respond("automation/edit.html", "jobs/_checked.html", editor=editor, preview=preview)


@pages.post("/fill")
@needs(Role.OPERATOR)
def fill() -> Response:
    """Fill the failure settings as a preset has them, and keep what else was typed; changes nothing."""
    return form_of(shown_fields(with_preset(request.form, request.form.get("preset", ""))))
