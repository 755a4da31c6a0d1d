"""Runs: the table, and one run from its creation to its end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from markupsafe import Markup

from runners.engine import operations
from runners.engine.errors import NotFound as Missing
from runners.engine.failure import Frame, own_frame
from runners.engine.operations import Role, RunFilter
from runners.engine.run import FailureKind, Run, RunStatus
from runners.engine.store.failures import FailureGroup
from runners.engine.store.run_index import read_cursor
from webapp.htmx import respond, wants_fragment
from webapp.pages import run_list, shell
from webapp.pages.reading import read
from webapp.pages.run_filters import local_time, run_filter
from webapp.pages.run_logs import last_lines
from webapp.presentation import timeline
from webapp.presentation.agent_steps import ShownSteps, shown_steps
from webapp.presentation.words import run_state
from webapp.roles import needs

pages = Blueprint("runs", __name__, url_prefix="/ui/runs")

ROWS = 40
LOOKED_AT = 4_000
"""Runs that a page looks at where no index answers: in about 50 ms, however many there are."""


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the table of runs, newest first, under the filters of the URL."""
    wanted = run_filter(request.args)
    cursor = request.args.get("cursor") or None
    found = read(operations.list_runs, wanted, limit=ROWS, cursor=cursor, among=LOOKED_AT)
    if cursor and read_cursor(cursor).newer and found.newer_cursor is None:
        # the way to newer runs has come to its end
        cursor, found = None, read(operations.list_runs, wanted, limit=ROWS, among=LOOKED_AT)
    return respond(
        "runs/index.html",
        "runs/_table.html",
        found=found,
        ways=run_list.ways(found) | ({} if cursor else {"newest": None}),
        tabs=run_list.tabs(wanted),
        state=run_state(wanted.status) if wanted.status else "",
        filtered=wanted != RunFilter(),
        looked_at=LOOKED_AT,
        of_jobs=run_list.of_jobs(wanted),
        only_failed=run_list.only_failed(wanted),
        failure_kinds=list(FailureKind),
        group=_group(wanted),
        live=cursor is None and not wanted.search,
        all_of_them=run_list.all_of_them(wanted),
        times={name: local_time(getattr(wanted, name)) for name in ("since", "until")},
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
        steps=timeline.steps(run, shell.now()),
        agent=_agent(run),
        job_link=Markup('<a href="{}">{}</a>').format(url_for("jobs.show", job_id=run.job_id), run.job_id),
        frame=_frame(run),
        events=read(operations.run_events, run_id),
        approvals=read(operations.run_approvals, run_id) if run.asks else (),
        explanation=read(operations.explain_run, run_id) if run.status.active else None,
        **({} if wants_fragment() else _standing(run)),
    )


def _agent(run: Run) -> ShownSteps | None:
    """Return what an agent has done so far; None for a run of another type."""
    if run.job_type != "agent.workflow":
        return None
    return shown_steps(read(operations.run_steps, run.run_id), active=run.status.active)


def _standing(run: Run) -> dict[str, Any]:
    """Return what stands beside the part of the page that is asked for again: the log, and what never changes."""
    return {"log": last_lines(run.run_id), "decision": read(operations.run_decision, run.job_id, run.run_id)}


def _frame(run: Run) -> Frame | None:
    """Return where in the job's own code the last attempt failed, None when nothing tells."""
    return own_frame(run.attempts[-1].traceback) if run.attempts and run.failure_kind else None


def _group(wanted: RunFilter) -> FailureGroup | None:
    """Return the group of failures whose runs are listed, None when they are of no group that is kept."""
    if wanted.failure is None:
        return None
    moment = shell.now()
    try:
        return read(operations.get_failure, wanted.failure, moment, moment)
    except Missing:
        return None
