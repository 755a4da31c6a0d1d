"""The processes: who does the work, what each has in its hands, and how a worker is let go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, NotFound
from runners.engine.operations import Role
from runners.engine.store.processes import Process, ProcessStatus
from webapp.asking import platform
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("processes", __name__, url_prefix="/ui/processes")

WORKERS, OTHERS = 25, 15
"""Rows of the tables; a process that crashes all the time leaves thousands behind in a day."""
NAMED, NAMED_OF_MANY, MANY = 8, 3, 10
"""Runs that are named of each worker, and of each when there are many."""
KINDS = ("scheduler", "web", "connector")
"""In the order of the table of those that execute no runs; a kind that is not known comes last."""


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show every process of the last day."""
    found = read(operations.agents)
    here = sorted((one for one in found if not one.left_at), key=_is_offline)
    return respond(
        "processes/index.html",
        "processes/_live.html",
        workers=[one for one in here if one.type == "worker"],
        others=sorted((one for one in here if one.type != "worker"), key=_place),
        ended=sorted((one for one in found if one.left_at), key=_heard, reverse=True),
        shown={"workers": WORKERS, "others": OTHERS},
        named=NAMED if len(here) <= MANY else NAMED_OF_MANY,
        at_work=read(operations.at_work),
        accounts=read(operations.connectors),
        stoppable=platform().store.mode.name != "memory",
    )


@pages.get("/<agent_id:agent_id>/drain")
@needs(Role.OPERATOR)
def ask_drain(agent_id: str) -> Response:
    """Say what draining means, and ask."""
    return _ask("processes/drain.html", agent_id)


@pages.post("/<agent_id:agent_id>/drain")
@needs(Role.OPERATOR)
def drain(agent_id: str) -> Response:
    """Let a worker take no more runs."""
    said = _(
        "%(worker)s takes no more runs and ends those that it has. Then it stays idle until somebody stops it.",
        worker=agent_id,
    )
    return _let_go(operations.drain_agent, agent_id, said)


@pages.get("/<agent_id:agent_id>/stop")
@needs(Role.OPERATOR)
def ask_stop(agent_id: str) -> Response:
    """Say what stopping means, and ask."""
    return _ask("processes/stop.html", agent_id)


@pages.post("/<agent_id:agent_id>/stop")
@needs(Role.OPERATOR)
def stop(agent_id: str) -> Response:
    """Let a worker end."""
    said = _(
        "%(worker)s was asked to stop; it hears that within two seconds, and ends its runs first.", worker=agent_id
    )
    return _let_go(operations.stop_agent, agent_id, said)


def _let_go(operation: Callable[..., object], agent_id: str, said: str) -> Response:
    """Do it, say so with a link to the worker, and go back to all of them."""
    try:
        change(operation, agent_id)
    except Conflict as error:
        return refused(error, url_for("processes.index"))
    tell(said, href=url_for("processes.index", _anchor=agent_id), label=_("See it"))
    return go(url_for("processes.index"))


def _ask(template: str, agent_id: str) -> Response:
    """Show the question about one worker, with what is in its hands, and who stays."""
    found = read(operations.agents)
    process = next((one for one in found if one.id == agent_id), None)
    if process is None:
        raise NotFound(f"agent '{agent_id}' does not exist")
    runs = read(operations.at_work).by_worker.get(agent_id, ())
    staying = [one for one in found if one.takes_runs and one.id != agent_id]
    grace: timedelta = platform().settings.shutdown_grace
    return Response(render_template(template, process=process, runs=runs, staying=staying, grace=grace))


def _is_offline(process: Process) -> bool:
    """Order the tables: who is there comes first."""
    return process.status is ProcessStatus.OFFLINE


def _place(process: Process) -> tuple[bool, int]:
    kind = KINDS.index(process.type) if process.type in KINDS else len(KINDS)
    return _is_offline(process), kind


def _heard(process: Process) -> float:
    return process.last_heartbeat_at.timestamp()
