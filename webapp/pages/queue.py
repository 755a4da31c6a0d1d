"""The queue: what waits and since when, what holds it back, and how long it takes to be worked off."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, request

from runners.engine import operations
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages import shell
from webapp.pages.depth_chart import marks
from webapp.pages.reading import read
from webapp.presentation import depth
from webapp.roles import needs

pages = Blueprint("queue", __name__, url_prefix="/ui/queue")

RANGES = {"1h": timedelta(hours=1), "24h": timedelta(days=1)}


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show depths over the range of the URL, what is paused, pressure, and what is held by what."""
    name = request.args.get("range", "1h")
    name = name if name in RANGES else "1h"
    samples, span = read(operations.depth_history, day=name == "24h"), RANGES[name]
    return respond(
        "queue/show.html",
        "queue/_live.html",
        queue=read(operations.queue),
        pools=read(operations.pools),
        pauses=read(operations.pauses),
        pressure=read(operations.pressure),
        held=read(operations.held_by),
        range=name,
        chart=depth.draw(samples, marks(), shell.now(), span),
        waits=depth.draw_waits(samples, shell.now(), span),
    )
