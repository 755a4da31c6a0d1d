"""The planner: a sentence in, what it would do out, and a button that does it. Nothing happens before that."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError

from runners.engine import explain
from runners.engine.errors import Invalid, MultijobError, Problem
from runners.engine.operations import Role
from runners.engine.problems import problems_of
from runners.engine.schedule import in_words
from runners.planner import Execution, Plan, Planned, Wish, execute_plan, plan
from webapp.api.planner import PlanRequest
from webapp.errors import problem_of
from webapp.language import language
from webapp.pages.acting import change, go, tell
from webapp.preferences import zone as chosen_zone
from webapp.presentation.times import local
from webapp.roles import needs

pages = Blueprint("planner", __name__, url_prefix="/ui/planner")

ZONE = "Asia/Jakarta"
LONGEST = 1000
EXAMPLES = (
    "laporan jam 07:30 dan backup jam 01:30",
    "pantau telegram akun bot_a tiap 30 detik, kritis",
    "GET https://example.com/health every 5 minutes, max 3 at once in lane checks",
    "report every weekday at 7pm",
    "backup tiap hari minggu jam 2 pagi simpan 7",
    'run "python3 report.py" tomorrow at 9am with approval',
)


@pages.get("")
@needs(Role.OPERATOR)
def index() -> Response:
    """Show the form for a sentence."""
    return _page(None, request.args.get("prompt", "")[:LONGEST], _own_zone())


@pages.post("/plan")
@needs(Role.OPERATOR)
def look() -> Response:
    """Show what the sentence asks for, or what is wrong with it; nothing is done."""
    prompt, zone = _typed()
    try:
        return _page(change(plan, _wish(prompt, zone)), prompt, zone)
    except Invalid as error:
        return _page(None, prompt, zone, tuple(error.problems), 422)


@pages.post("/execute")
@needs(Role.OPERATOR)
def execute() -> Response:
    """Do what the plan shows, and go where it can be seen."""
    prompt, zone = _typed()
    try:
        done: Execution = change(execute_plan, _wish(prompt, zone), idempotency_key=request.form.get("once") or None)
    except Invalid as error:
        return _page(None, prompt, zone, tuple(error.problems), 422)
    except MultijobError as error:
        found = problem_of(error)
        refusal = _page(None, prompt, zone, (Problem(("prompt",), found.detail, "refused"),), found.status)
        refusal.headers.update(dict(found.headers))
        return refusal
    for result in done.results:
        _say(result.job.spec.job_id, result.created, result.error, result.run.run_id if result.run else None)
    last = done.results[-1]
    if last.run:
        return go(url_for("runs.show", run_id=last.run.run_id))
    return go(url_for("jobs.show", job_id=last.job.spec.job_id) if len(done.results) == 1 else url_for("jobs.index"))


def _say(job_id: str, created: str, error: str | None, run_id: str | None) -> None:
    words = {
        "create": _("Job %(job)s is made.", job=job_id),
        "update": _("Job %(job)s is changed.", job=job_id),
        "unchanged": _("Job %(job)s is already so.", job=job_id),
    }
    tell(words[created], href=url_for("jobs.show", job_id=job_id), label=_("Look"))
    if error:
        tell(_("No run was begun: %(why)s.", why=error), tone="wait")
    if run_id:
        tell(_("Its run waits in the queue."), href=url_for("runs.show", run_id=run_id), label=_("Watch"))


def _typed() -> tuple[str, str]:
    return request.form.get("prompt", ""), request.form.get("timezone", "").strip() or ZONE


def _own_zone() -> str:
    """Return the zone that the person has chosen for the pages, else that of the planner."""
    chosen = str(chosen_zone())
    return ZONE if chosen == "UTC" else chosen


def _wish(prompt: str, zone: str) -> Wish:
    """Return what is asked for. Raises Invalid, as the API does."""
    try:
        return PlanRequest(prompt=prompt.strip(), timezone=zone).wish()
    except ValidationError as error:
        raise Invalid(problems_of(error, PlanRequest)) from None


@dataclass(frozen=True, slots=True)
class Row:
    """One job of a plan, with what is said of its schedule, of what holds it, and of its next times in its own zone."""

    job: Planned
    schedule: str
    holds: tuple[str, ...]
    times: tuple[tuple[datetime, str], ...]


def _row(job: Planned) -> Row:
    name, group = job.spec.job_id, job.spec.controls.flow_group
    holds = tuple(
        local(explain.sentence(hold, job_id=name, flow_group=group, language=language())) for hold in job.holds
    )
    times = tuple((fire.at_utc, _told(fire.local)) for fire in job.times)
    return Row(job, in_words(job.spec.schedule, language()), holds, times)


def _told(at: datetime) -> str:
    """Return a time in its zone, its seconds only where it has some."""
    return f"{at:%Y-%m-%d %H:%M:%S %Z}" if at.second else f"{at:%Y-%m-%d %H:%M %Z}"


def _page(
    found: Plan | None, prompt: str, zone: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> Response:
    text = render_template(
        "planner/index.html",
        plan=found,
        rows=[_row(job) for job in found.jobs] if found else [],
        prompt=prompt,
        zone=zone,
        problems=problems,
        once=secrets.token_hex(8),
        longest=LONGEST,
        examples=EXAMPLES,
    )
    return Response(text, status)
