"""The queue and the processes: what waits and why, and who does the work."""

from __future__ import annotations

from flask import Blueprint, Response

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.store.processes import Process, ProcessStatus
from webapp.htmx import respond
from webapp.pages.depth_chart import chart
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("queue", __name__, url_prefix="/ui/queue")


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show depths, what is paused, pressure, held jobs and processes."""
    processes = read(operations.agents)
    return respond(
        "queue/show.html",
        "queue/_live.html",
        queue=read(operations.queue),
        pauses=read(operations.pauses),
        pressure=read(operations.pressure),
        held=read(operations.held_jobs),
        processes=sorted((process for process in processes if not process.left_at), key=_is_offline),
        ended=[process for process in processes if process.left_at],
        chart=chart(read(operations.depths)),
    )


def _is_offline(process: Process) -> bool:
    """Order the table: who is there comes first."""
    return process.status is ProcessStatus.OFFLINE
