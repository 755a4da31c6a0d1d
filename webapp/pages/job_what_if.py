"""The tab on which other guards are tried on a job's past: its address carries what is tried, and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Invalid, Problem
from runners.engine.job import Job
from runners.engine.operations import Role, WhatIf
from webapp.pages.job_editor import Editor
from webapp.pages.job_form_inputs import (
    CONTROL_CHECKS,
    CONTROL_DEFAULTS,
    CONTROL_NUMBERS,
    CONTROL_TEXTS,
    shown_inputs,
)
from webapp.pages.job_frame import show_tab
from webapp.pages.reading import read
from webapp.pages.typed_values import number
from webapp.roles import needs

pages = Blueprint("job_what_if", __name__, url_prefix="/ui/jobs")

ROWS = 25
DAYS = (1, 7, 30)
WEEK = 7
TRIED = "tried"
"""Says that the form was sent, so that an unticked box means no."""
LIVE = "jobs/_live.html"


@pages.get("/<job_id:job_id>/what-if")
@needs(Role.VIEWER)
def show(job_id: str) -> Response:
    """Show what the guards of the address would have made of the job's recorded slots."""
    job, args = read(operations.get_job, job_id), request.args
    sent, days = TRIED in args, _days(args)
    shown = _typed(args) if sent else shown_inputs(_controls(job), [])
    found, problems = _replayed(job, shown, days) if sent else (None, [])
    editor = Editor(shown, [], [], job_id, job.version, problems, sent)
    offset = _offset(args)
    kept = {name: args[name] for name in args if name != "offset"}
    context: dict[str, Any] = {
        "editor": editor,
        "found": found,
        "days": days,
        "spans": spans(),
        "offset": offset,
        "kept": kept,
    }
    return show_tab(job, "what_if", LIVE, rows_at_once=ROWS, **context)


def spans() -> list[tuple[int, str]]:
    """Return how far back one may look: days, and in words."""
    return list(zip(DAYS, (_("last day"), _("last week"), _("last 30 days")), strict=True))


def _replayed(job: Job, shown: Mapping[str, str], days: int) -> tuple[WhatIf | None, list[Problem]]:
    """Return the replay, or None and what is wrong with what was typed."""
    typed, own = _values(shown), CONTROL_DEFAULTS | _controls(job)
    changes = {name: value for name, value in typed.items() if value != own[name]}
    try:
        return read(operations.what_if, job.job_id, changes, timedelta(days=days)), []
    except Invalid as error:
        return None, error.problems


def _controls(job: Job) -> dict[str, Any]:
    return {name: value for name, value in job.spec.to_json()["inputs"].items() if name in CONTROL_DEFAULTS}


def _typed(args: Mapping[str, str]) -> dict[str, str]:
    return {name: args[name].strip()[:80] for name in args if name.startswith("inputs.")}


def _values(shown: Mapping[str, str]) -> dict[str, Any]:
    """Return every control field as it was typed; what was left empty is at its default."""
    found: dict[str, Any] = {name: f"inputs.{name}" in shown for name in CONTROL_CHECKS}
    for name in (*CONTROL_TEXTS, *CONTROL_NUMBERS):
        said = shown.get(f"inputs.{name}", "")
        found[name] = CONTROL_DEFAULTS[name] if not said else said if name in CONTROL_TEXTS else number(said)
    return found


def _days(args: Mapping[str, str]) -> int:
    said = args.get("days", "")
    return int(said) if said in map(str, DAYS) else WEEK


def _offset(args: Mapping[str, str]) -> int:
    said = args.get("offset", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0
