"""The overview: numbers first, then what needs a person, then jobs by attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, request
from markupsafe import Markup

from runners.engine import operations
from runners.engine.approval import ApprovalStatus
from runners.engine.operations import Role
from runners.engine.store.spreads import MINUTE, QUARTER, Spread
from webapp.asking import platform
from webapp.htmx import respond
from webapp.pages import shell
from webapp.pages.depth_chart import chart, marks
from webapp.pages.job_rows import job_rows
from webapp.pages.reading import read
from webapp.presentation import minutes, quantiles
from webapp.presentation.needs import needs
from webapp.roles import needs as needs_role

ASKED_SHOWN = 5
SPANS = {"hour": (MINUTE, timedelta(hours=1)), "day": (QUARTER, timedelta(days=1))}

pages = Blueprint("overview", __name__, url_prefix="/ui")


@dataclass(frozen=True, slots=True)
class Spans:
    """The pictures of an hour or a day; `whole` is what they are together, None before two looks."""

    name: str
    whole: Spread | None
    ended: Markup
    waits: Markup
    durations: Markup


@pages.get("")
@needs_role(Role.VIEWER)
def show() -> Response:
    """Show how the whole deployment is."""
    found = read(operations.overview)
    asked = read(operations.list_approvals, ApprovalStatus.PENDING, None, ASKED_SHOWN)
    return respond(
        "overview/show.html",
        "overview/_live.html",
        found=found,
        asked=asked.total,
        pauses=read(operations.pauses),
        marks=marks(),
        chart=chart(found.depths),
        spans=_spans(),
        needs=needs(found, platform().settings, shell.now(), asked.rows),
        rows=job_rows(found.attention),
    )


def _spans() -> Spans:
    name = "day" if request.args.get("span") == "day" else "hour"
    step, span = SPANS[name]
    found, now = read(operations.spread_of_runs, step), shell.now()
    return Spans(
        name=name,
        whole=found.whole,
        ended=minutes.draw(found.stretches, timedelta(seconds=step), now, span),
        waits=quantiles.draw([(one.end_at, one.wait) for one in found.stretches if one.wait], now, span),
        durations=quantiles.draw([(one.end_at, one.duration) for one in found.stretches if one.duration], now, span),
    )
