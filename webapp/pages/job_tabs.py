"""The tabs of a job's page beside its summary and its versions; each is an address of its own."""

from __future__ import annotations

from flask import Blueprint, Response, request

from runners.engine import operations
from runners.engine.errors import Unreadable
from runners.engine.operations import Explanation, FailureMemory, Role, RunFilter
from runners.engine.strict import yaml_text
from webapp.htmx import wants_fragment
from webapp.pages import job_broken
from webapp.pages.job_decisions import answer_of, asked_of, decision_filter, row_numbers
from webapp.pages.job_frame import show_tab
from webapp.pages.reading import read
from webapp.presentation import pretty
from webapp.roles import needs

pages = Blueprint("job_tabs", __name__, url_prefix="/ui/jobs")
pages.register_error_handler(Unreadable, job_broken.show)

RUNS, DECISIONS, SLOTS = 25, 25, 10
SHOWN_OF_A_SPEC = 24 * 1024
LIVE = "jobs/_live.html"


@pages.get("/<job_id:job_id>/runs")
@needs(Role.VIEWER)
def runs(job_id: str) -> Response:
    """Show the job's runs, newest first, behind the cursor of the URL."""
    job, cursor = read(operations.get_job, job_id), request.args.get("cursor") or None
    found = read(operations.list_runs, RunFilter(job_id=job_id), RUNS, 0, cursor)
    return show_tab(job, "runs", LIVE, runs=found, newest=cursor is None)


@pages.get("/<job_id:job_id>/decisions")
@needs(Role.VIEWER)
def decisions(job_id: str) -> Response:
    """Answer why the job did not run at the time of the URL, and show its decisions under the filters."""
    job = read(operations.get_job, job_id)
    wanted, (older, newer) = decision_filter(request.args), row_numbers(request.args)
    found = read(operations.list_decisions, job_id, wanted, DECISIONS, older, newer)
    asked = asked_of(request.args, job)
    return show_tab(
        job,
        "decisions",
        "jobs/_ledger.html",
        found=found,
        wanted=wanted,
        newest=older is None and newer is None,
        asked=asked,
        answer=None if wants_fragment() else answer_of(asked, job),
    )


@pages.get("/<job_id:job_id>/schedule")
@needs(Role.VIEWER)
def schedule(job_id: str) -> Response:
    """Show when the job is due, and how crowded its minutes are."""
    job = read(operations.get_job, job_id)
    times = read(operations.forecast, job_id, SLOTS) if job.spec.schedule else []
    return show_tab(job, "schedule", LIVE, times=times, crowded=read(operations.crowding, job_id))


@pages.get("/<job_id:job_id>/guards")
@needs(Role.VIEWER)
def guards(job_id: str) -> Response:
    """Show what every guard says of the job now."""
    explanation, fault = explained(job_id)
    return show_tab(read(operations.get_job, job_id), "guards", LIVE, explanation=explanation, fault=fault)


@pages.get("/<job_id:job_id>/memory")
@needs(Role.VIEWER)
def memory(job_id: str) -> Response:
    """Show what is remembered of the job's failures."""
    found, fault = remembered(job_id)
    return show_tab(read(operations.get_job, job_id), "memory", LIVE, memory=found, fault=fault)


@pages.get("/<job_id:job_id>/spec")
@needs(Role.VIEWER)
def spec(job_id: str) -> Response:
    """Show the spec as YAML or JSON."""
    job, form = read(operations.get_job, job_id), _form()
    text = _text(job.spec.to_json() | {"enabled": job.enabled}, form)
    return show_tab(job, "spec", LIVE, form=form, text=text[:SHOWN_OF_A_SPEC], whole=len(text) <= SHOWN_OF_A_SPEC)


@pages.get("/<job_id:job_id>/spec/file")
@needs(Role.VIEWER)
def spec_file(job_id: str) -> Response:
    """Give the spec as a file, YAML or JSON."""
    job, form = read(operations.get_job, job_id), _form()
    text = _text(job.spec.to_json() | {"enabled": job.enabled}, form).encode(errors="replace")
    headers = {"Content-Disposition": f'attachment; filename="{job_id}.{form}"'}
    return Response(text, headers=headers, content_type=f"application/{form}")


def explained(job_id: str) -> tuple[Explanation | None, str]:
    """Return what the guards say, or None and why they cannot be asked. Raises NotFound, and Unreadable for the job itself."""
    try:
        return read(operations.explain, job_id), ""
    except Unreadable as error:
        return None, str(error)


def remembered(job_id: str) -> tuple[FailureMemory | None, str]:
    """Return the failure memory, or None and why it cannot be read. Raises NotFound."""
    try:
        return read(operations.memory, job_id), ""
    except Unreadable as error:
        return None, str(error)


def _form() -> str:
    return "json" if request.args.get("as") == "json" else "yaml"


def _text(spec: dict[str, object], form: str) -> str:
    return pretty(spec) if form == "json" else yaml_text.dump(spec)
