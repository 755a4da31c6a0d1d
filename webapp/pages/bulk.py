"""Many runs at once: count what passes the filters, do it, look how far it is, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from runners.engine import operations
from runners.engine.bulk import MOST, PER_SECOND, Action, Bulk, ItemOutcome
from runners.engine.errors import Conflict, Invalid
from runners.engine.operations import Page, Role, RunFilter
from runners.engine.run import Run
from runners.engine.store.run_index import NAMED_AT_MOST
from webapp.htmx import respond
from webapp.pages import shell
from webapp.pages.acting import change, go, refused, shown_count, tell
from webapp.pages.paging import EARLIER_LATER, page_number, paging
from webapp.pages.reading import read
from webapp.pages.run_filters import run_filter
from webapp.roles import needs

pages = Blueprint("bulk", __name__, url_prefix="/ui/runs/bulk")

ROWS = 50
SHOWN = 10


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the newest bulk operations."""
    return respond("bulk/index.html", "bulk/_table.html", bulks=read(operations.list_bulks), most=MOST)


@pages.get("/new")
@needs(Role.OPERATOR)
def new() -> Response:
    """Count the runs that pass the filters of the URL, and show the first, before anything is done to them."""
    action, wanted = _action(request.args), _standing(run_filter(request.args))
    found = read(operations.list_runs, wanted, limit=SHOWN if wanted.run_ids is None else NAMED_AT_MOST)
    named = found.total if wanted.run_ids is None else len(wanted.run_ids)
    if wanted.run_ids is not None:
        wanted, found = _fit(action, wanted, found)
    return respond(
        "bulk/new.html",
        "bulk/new.html",
        action=action,
        wanted=wanted.to_json(),
        found=found,
        passed_over=named - found.total,
        back=_runs(wanted),
        most=MOST,
        rate=PER_SECOND,
    )


@pages.post("")
@needs(Role.OPERATOR)
def begin() -> Response:
    """Begin what the form says, if as many runs pass as it showed."""
    action, wanted = _action(request.form), run_filter(request.form)
    try:
        bulk = change(operations.begin_bulk, action, wanted, shown_count())
    except (Conflict, Invalid) as error:
        return refused(error, _address(action, wanted))
    return go(url_for("bulk.show", bulk_id=bulk.bulk_id))


@pages.get("/<bulk_id:bulk_id>")
@needs(Role.VIEWER)
def show(bulk_id: str) -> Response:
    """Show how far one operation is, and what became of each run."""
    number, bulk = page_number(), read(operations.get_bulk, bulk_id)
    items = read(operations.bulk_items, bulk_id, limit=ROWS, offset=(number - 1) * ROWS)
    return respond(
        "bulk/show.html",
        "bulk/_live.html",
        bulk=bulk,
        items=items.rows,
        outcomes=list(ItemOutcome),
        paging=paging(number, ROWS, len(items.rows), items.total, EARLIER_LATER),
        can_be_undone=bulk.can_be_undone(shell.now()),
    )


@pages.post("/<bulk_id:bulk_id>/undo")
@needs(Role.OPERATOR)
def undo(bulk_id: str) -> Response:
    """Take the operation back as far as that goes."""
    return take_back(operations.undo_bulk, bulk_id, url_for("bulk.show", bulk_id=bulk_id))


def take_back(undo: Callable[..., Bulk], bulk_id: str, address: str) -> Response:
    """Begin to take an operation back, and go where that can be seen."""
    try:
        change(undo, bulk_id)
    except Conflict as error:
        return refused(error, address)
    tell(_("The operation is being undone."))
    return go(address)


def _standing(wanted: RunFilter) -> RunFilter:
    """Return the filter, of failures up to now: what fails from now on is not among what is shown."""
    ends = wanted.failure is not None and wanted.ended_until is None
    return replace(wanted, ended_until=shell.now()) if ends else wanted


def _fit(action: Action, wanted: RunFilter, found: Page[Run]) -> tuple[RunFilter, Page[Run]]:
    """Return those of the runs that were selected to which the action can be done; the others stay as they are."""
    fit = tuple(run for run in found.rows if run.status.active is (action is Action.CANCEL))
    return replace(wanted, run_ids=tuple(run.run_id for run in fit)), replace(
        found, rows=fit, total=len(fit), unreadable=()
    )


def _runs(wanted: RunFilter) -> str:
    """Return where the runs were chosen; runs that were selected one by one stood in the list of all."""
    filters: dict[str, Any] = {} if wanted.run_ids is not None else dict(wanted.to_json())
    return url_for("runs.index", **filters)


def _address(action: Action, wanted: RunFilter) -> str:
    filters: dict[str, Any] = dict(wanted.to_json())
    return url_for("bulk.new", action=action, **filters)


def _action(said: MultiDict[str, str]) -> Action:
    try:
        return Action(said.get("action", ""))
    except ValueError:
        raise NotFound(f"action {said.get('action', '')[:40]!a} is not one of {', '.join(Action)}") from None
