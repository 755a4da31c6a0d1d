"""Runs: the table, and one run from its creation to its end."""

from __future__ import annotations

from flask import Blueprint, Response, request

from runners.engine import operations
from runners.engine.bulk import Action
from runners.engine.operations import Role, RunFilter
from runners.engine.run import FailureKind, RunStatus
from webapp.htmx import respond, wants_fragment
from webapp.pages import shell
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.pages.run_filters import run_filter
from webapp.pages.run_logs import last_lines
from webapp.presentation import timeline
from webapp.roles import needs

pages = Blueprint("runs", __name__, url_prefix="/ui/runs")

ROWS = 40


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the table of runs, newest first, under the filters of the URL."""
    number = page_number()
    wanted = run_filter(request.args)
    found = read(operations.list_runs, wanted, limit=ROWS, offset=(number - 1) * ROWS)
    return respond(
        "runs/index.html",
        "runs/_table.html",
        found=found,
        paging=paging(number, ROWS, len(found.rows), found.total),
        filtered=wanted != RunFilter(),
        statuses=list(RunStatus),
        failure_kinds=list(FailureKind),
        newest=number == 1,
        all_of_them=_all_of_them(wanted),
    )


@pages.get("/<run_id:run_id>")
@needs(Role.VIEWER)
def show(run_id: str) -> Response:
    """Show one run; the page asks again by itself until the run has ended."""
    run = read(operations.get_run, run_id)
    return respond(
        "runs/show.html",
        "runs/_live.html",
        run=run,
        pause=read(operations.pauses).of_queue(run.priority) if run.status is RunStatus.QUEUED else None,
        timeline=timeline.draw(run, shell.now()),
        attempts=[(attempt, timeline.took(attempt, shell.now())) for attempt in run.attempts],
        events=read(operations.run_events, run_id),
        approvals=read(operations.run_approvals, run_id) if run.asks else (),
        explanation=read(operations.explain_run, run_id) if run.status.active else None,
        log=None if wants_fragment() else last_lines(run_id),
    )


def _all_of_them(wanted: RunFilter) -> dict[str, object] | None:
    """Return what can be done to all runs that pass the filters at once; None when they name no state."""
    if wanted.status is None and wanted.failure_kind is None:
        return None
    action = Action.CANCEL if wanted.status and wanted.status.active else Action.RETRY
    return {"action": action, "filter": wanted.to_json()}
