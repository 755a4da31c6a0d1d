"""Many jobs at once: look at what it comes to for each, do it to exactly those, and see what became of each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from runners.engine import operations
from runners.engine.bulk import MOST, PER_SECOND, Action, ItemOutcome
from runners.engine.errors import Conflict, Invalid
from runners.engine.job_bulk import Does, Wish
from runners.engine.operations import Role, Selection
from webapp.htmx import respond
from webapp.pages import shell
from webapp.pages.acting import change, go, refused, shown_count
from webapp.pages.bulk import take_back
from webapp.pages.job_filters import job_filter, said_filter
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("job_bulk", __name__, url_prefix="/ui/job-bulk")

ROWS = 100
FIRST = (Does.REFUSED, Does.CHANGE, Does.UNCHANGED)
"""What somebody has to know before he goes on comes first."""


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the newest bulk operations on jobs."""
    return respond("job_bulk/index.html", "job_bulk/_table.html", bulks=read(operations.list_job_bulks))


@pages.post("/preview")
@needs(Role.OPERATOR)
def preview() -> Response:
    """Show what would become of each chosen job, before anything is done."""
    wish, selection = _wish(request.form), _selection(request.form)
    try:
        plan = change(operations.preview_job_bulk, wish, selection)
    except (Conflict, Invalid) as error:
        return refused(error, _back(request.form))
    if not plan.fates:
        flash(_("Choose a job first: tick its box, or take all that pass the filters."), "wait")
        return go(_back(request.form))
    fates = sorted(plan.fates, key=lambda fate: FIRST.index(fate.does))
    first = (_page(request.form, len(fates)) - 1) * ROWS
    return respond(
        "job_bulk/new.html",
        "job_bulk/new.html",
        wish=wish,
        plan=plan,
        fates=fates[first : first + ROWS],
        first=first,
        rows=ROWS,
        chosen=_chosen(request.form, selection, plan),
        back=_back(request.form),
        rate=PER_SECOND,
    )


@pages.post("")
@needs(Role.OPERATOR)
def begin() -> Response:
    """Begin what the preview showed, if the same jobs are selected still."""
    selection, digest = _selection(request.form), request.form.get("digest") or None
    digest = digest if selection.named is None else None  # each named job has the version that was shown
    try:
        bulk = change(operations.begin_job_bulk, _wish(request.form), selection, shown_count(), digest)
    except (Conflict, Invalid) as error:
        return refused(error, _back(request.form))
    return go(url_for("job_bulk.show", bulk_id=bulk.bulk_id))


@pages.get("/<bulk_id:bulk_id>")
@needs(Role.VIEWER)
def show(bulk_id: str) -> Response:
    """Show how far one operation is, and what became of each job."""
    number, bulk = page_number(), read(operations.get_job_bulk, bulk_id)
    items = read(operations.bulk_items, bulk_id, limit=ROWS, offset=(number - 1) * ROWS)
    return respond(
        "job_bulk/show.html",
        "job_bulk/_live.html",
        bulk=bulk,
        items=items.rows,
        outcomes=list(ItemOutcome),
        can_be_undone=bulk.can_be_undone(shell.now()),
        paging=paging(number, ROWS, len(items.rows), items.total),
    )


@pages.post("/<bulk_id:bulk_id>/undo")
@needs(Role.OPERATOR)
def undo(bulk_id: str) -> Response:
    """Take back what was done to the jobs that nobody has changed since."""
    return take_back(operations.undo_job_bulk, bulk_id, url_for("job_bulk.show", bulk_id=bulk_id))


def _wish(form: MultiDict[str, str]) -> Wish:
    try:
        action = Action(form.get("action", ""))
    except ValueError:
        action = Action.RETRY
    if not action.on_jobs:
        raise NotFound(_("no action on jobs has this name"))
    tag = form.get("bulk_tag", "").strip() if action in (Action.TAG, Action.UNTAG) else ""
    return Wish(action, tag, cancels=form.get("cancel") == "1" and action is Action.DELETE)


def _selection(form: MultiDict[str, str]) -> Selection:
    """Return the jobs whose boxes are ticked, each at the version that was shown, or all that pass the filters."""
    if form.get("all") == "yes":
        return Selection(wanted=job_filter(form))
    pairs = (box.rpartition("@") for box in form.getlist("job")[:MOST])
    return Selection({job_id: int(text) if text.isdecimal() and len(text) < 10 else 0 for job_id, _, text in pairs})


def _chosen(form: MultiDict[str, str], selection: Selection, plan: operations.Plan) -> list[tuple[str, str]]:
    """Return the fields that say the same selection again."""
    filters = list(said_filter(job_filter(form)).items())
    if selection.named is None:
        return [("all", "yes"), *filters]
    return [*(("job", f"{fate.job_id}@{fate.version}") for fate in plan.fates), *filters]


def _back(form: MultiDict[str, str]) -> str:
    filters: dict[str, Any] = dict(said_filter(job_filter(form)))
    return url_for("jobs.index", **filters)


def _page(form: MultiDict[str, str], total: int) -> int:
    text = form.get("page", "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return max(1, min(number, -(-total // ROWS)))
