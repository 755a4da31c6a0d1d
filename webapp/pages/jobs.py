"""Jobs: the table, and one job with everything that explains it."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, render_template, request, url_for

from runners.engine import operations
from runners.engine.errors import Unreadable
from runners.engine.job import Job
from runners.engine.operations import JobFilter, Role, RunFilter
from webapp.htmx import respond
from webapp.pages import job_broken
from webapp.pages.job_filters import job_filter, job_order, said_filter
from webapp.pages.job_frame import show_tab
from webapp.pages.job_rows import job_rows
from webapp.pages.job_tabs import explained, remembered
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("jobs", __name__, url_prefix="/ui/jobs")
pages.register_error_handler(Unreadable, job_broken.show)

ROWS = 20
RUNS_SHOWN = 8
DECISIONS_SHOWN = 5
SLOTS_SHOWN = 5


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the table of jobs under the filters of the URL."""
    number, wanted, order = page_number(), job_filter(request.args), job_order(request.args)
    found = read(operations.list_jobs, wanted, limit=ROWS, offset=(number - 1) * ROWS, order=order)
    return respond(
        "jobs/index.html",
        "jobs/_table.html",
        rows=job_rows(found.rows),
        unreadable=found.unreadable,
        paging=paging(number, ROWS, len(found.rows), found.total, BACK_FURTHER),
        filtered=wanted != JobFilter(),
        wanted=wanted,
        fields=said_filter(wanted),
        order=order,
        types=read(operations.handler_types),
        curl=render_template("jobs/_curl.txt", origin=request.host_url.rstrip("/")),
    )


@pages.get("/<job_id:job_id>")
@needs(Role.VIEWER)
def show(job_id: str) -> Response:
    """Show one job at a glance: what it does and why, its last runs and decisions, its next slots, its failures."""
    job = read(operations.get_job, job_id)
    explanation, _ = explained(job_id)
    memory, fault = remembered(job_id)
    return show_tab(
        job,
        "summary",
        "jobs/_live.html",
        explanation=explanation,
        memory=memory,
        fault=fault,
        runs=read(operations.list_runs, RunFilter(job_id=job_id), limit=RUNS_SHOWN, offset=0),
        ledger=read(operations.decisions, job_id, DECISIONS_SHOWN),
        times=_forecast(job),
    )


@pages.get("/<job_id:job_id>/delete")
@needs(Role.ADMIN)
def delete(job_id: str) -> Response:
    """Ask once more before a job is deleted, naming what goes with it."""
    with suppress(Unreadable):  # what cannot be read can be deleted
        read(operations.get_job, job_id)
    active = len(read(operations.job_strips, [job_id])[job_id].active_runs)
    back = url_for("jobs.show", job_id=job_id)
    return Response(render_template("jobs/delete.html", job_id=job_id, active=active, back=back))


def _forecast(job: Job) -> list[operations.FireTime]:
    return read(operations.forecast, job.job_id, SLOTS_SHOWN) if job.enabled and job.spec.schedule else []
