"""Recurring agent workflows: lane by lane, and the form that makes and changes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import automation, operations
from runners.engine.automation import TEMPLATES
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale
from runners.engine.operations import FlowGroup, JobFilter, Role
from webapp.htmx import respond
from webapp.pages import automation_preview
from webapp.pages.acting import change, go, shown_version, tell, tell_sharing
from webapp.pages.automation_form import WorkflowEditor, as_typed, blank, of_job, typed
from webapp.pages.job_preview import JobPreview
from webapp.pages.job_rows import JobRow, job_rows
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("automation", __name__, url_prefix="/ui/automation")

ROWS = 40


@dataclass(frozen=True, slots=True)
class LanePart:
    """One lane as the page shows it: its flow group, None for workflows of no lane, and its workflows."""

    group: FlowGroup | None
    rows: list[JobRow] = field(default_factory=list)


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the workflows, lane by lane, under the filters of the URL."""
    number = page_number()
    search, lane = (request.args.get(name, "").strip() for name in ("search", "lane"))
    wanted = JobFilter(search=search or None, flow_group=lane or None)
    found = read(operations.list_agent_workflows, wanted, limit=ROWS, offset=(number - 1) * ROWS)
    page = found.page
    return respond(
        "automation/index.html",
        "automation/_lanes.html",
        lanes=_in_lanes(job_rows(page.rows), found.lanes),
        memories=found.memories,
        unreadable=page.unreadable,
        paging=paging(number, ROWS, len(page.rows) + len(page.unreadable), page.total, BACK_FURTHER),
        search=search,
        lane=lane,
        templates=TEMPLATES.values(),
    )


@pages.get("/new")
@needs(Role.OPERATOR)
def new() -> Response:
    """Show the lanes to begin in, or the form filled as the lane of the address has it."""
    return form_of(blank(request.args.get("template")))


@pages.post("/new")
@needs(Role.OPERATOR)
def create() -> Response:
    """Make the workflow, or show what is wrong with it."""
    try:
        saved = change(operations.save_agent_workflow, typed(request.form), create_only=True)
    except Invalid as error:
        return form_of(as_typed(request.form, None, 0, error.problems), 422)
    except (Conflict, Stale) as error:
        return form_of(as_typed(request.form, None, 0, [Problem(("job_id",), str(error), "taken")]), 409)
    job_id = saved.job.job_id
    tell(_("%(job)s is created.", job=job_id), href=url_for("jobs.show", job_id=job_id), label=_("Look"))
    tell_sharing(saved.sharing)
    return go(url_for("automation.index"))


@pages.get("/<job_id:job_id>/edit")
@needs(Role.OPERATOR)
def edit(job_id: str) -> Response:
    """Show the form of an existing workflow; a job of another type has its own form."""
    job = read(operations.get_job, job_id)
    if job.spec.type != automation.TYPE:
        return go(url_for("job_editing.edit", job_id=job_id))
    return form_of(of_job(job))


@pages.post("/<job_id:job_id>/edit")
@needs(Role.OPERATOR)
def save(job_id: str) -> Response:
    """Replace the workflow if it is still the one that the person saw."""
    version = shown_version() or 0
    raw = typed(request.form) | {"job_id": job_id}
    try:
        saved = change(operations.save_agent_workflow, raw, expected_version=version)
    except Invalid as error:
        return form_of(as_typed(request.form, job_id, version, error.problems), 422)
    except (Conflict, Forbidden) as error:
        return form_of(as_typed(request.form, job_id, version, [Problem((), str(error), "refused")]), 409)
    except Stale:
        return form_of(_overtaken(job_id), 412)
    words = _("%(job)s is unchanged: it says that already.") if saved.status == "unchanged" else _("%(job)s is saved.")
    tell(words % {"job": job_id}, href=url_for("jobs.show", job_id=job_id), label=_("Look"))
    tell_sharing(saved.sharing)
    return go(url_for("automation.index"))


def form_of(editor: WorkflowEditor, status: int = 200, preview: JobPreview | None = None) -> Response:
    """Return the page of the form."""
    preview = preview or automation_preview.of_editor(editor)
    template = TEMPLATES.get(request.values.get("template", ""))
    about = {"editor": editor, "preview": preview, "templates": TEMPLATES.values(), "template": template}
    return respond("automation/edit.html", "automation/_form.html", status, **about)


def _overtaken(job_id: str) -> WorkflowEditor:
    """Return the form as typed, at the version that stands now, saying what happened."""
    typed_in = as_typed(request.form, job_id, 0)
    try:
        version = read(operations.get_job, job_id).version
    except NotFound:
        return replace(typed_in, job_id=None, gone=True)
    said = _("Somebody saved version %(version)s meanwhile; saving again puts yours in its place", version=version)
    return replace(typed_in, version=version, problems=[Problem((), said, "stale")])


def _in_lanes(rows: list[JobRow], groups: Mapping[str, FlowGroup]) -> list[LanePart]:
    """Return the rows, which stand lane by lane, under their lanes."""
    found: dict[str | None, LanePart] = {}
    for row in rows:
        name = row.job.controls.flow_group
        found.setdefault(name, LanePart(groups.get(name) if name else None)).rows.append(row)
    return list(found.values())


def shown_fields(form: Mapping[str, Any]) -> WorkflowEditor:
    """Return the form as it was sent, whichever workflow it edits."""
    return as_typed(form, form.get("editing") or None, shown_version() or 0)
