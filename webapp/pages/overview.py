"""The overview: numbers first, then what needs a person, then jobs by attention."""

from __future__ import annotations

from flask import Blueprint, Response

from runners.engine import operations
from runners.engine.approval import ApprovalStatus
from runners.engine.operations import Role
from webapp.asking import platform
from webapp.htmx import respond
from webapp.pages import shell
from webapp.pages.depth_chart import chart, marks
from webapp.pages.job_rows import job_rows
from webapp.pages.reading import read
from webapp.presentation import minutes
from webapp.presentation.needs import needs
from webapp.roles import needs as needs_role

ASKED_SHOWN = 5

pages = Blueprint("overview", __name__, url_prefix="/ui")


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
        pauses=read(operations.pauses),
        marks=marks(),
        chart=chart(found.depths),
        minutes=minutes.draw(found.minutes),
        needs=needs(
            found.queue, found.processes, found.failing, found.poison, platform().settings, shell.now(), asked.rows
        ),
        rows=job_rows(found.attention),
    )
