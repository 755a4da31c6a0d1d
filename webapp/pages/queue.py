"""The queue: what waits, and why."""

from __future__ import annotations

from flask import Blueprint, Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.depth_chart import chart
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("queue", __name__, url_prefix="/ui/queue")


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show depths, what is paused, pressure, and held jobs."""
    return respond(
        "queue/show.html",
        "queue/_live.html",
        queue=read(operations.queue),
        pauses=read(operations.pauses),
        pressure=read(operations.pressure),
        held=read(operations.held_jobs),
        chart=chart(read(operations.depths)),
    )
