"""What agents remember from run to run: the table of it, one memory, and a way to forget it or to forgive one failure."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import NotFound, Unreadable
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("agent_memory", __name__, url_prefix="/ui/agent-memory")

ROWS = 40


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show whose runs are remembered, in the order of the keys."""
    number = page_number()
    found = read(operations.agent_memories, limit=ROWS, offset=(number - 1) * ROWS)
    users = read(operations.agent_memory_users, [memory.agent_key for memory in found.rows])
    shown = paging(number, ROWS, len(found.rows) + len(found.unreadable), found.total, BACK_FURTHER)
    return respond(
        "agent_memory/index.html",
        "agent_memory/_table.html",
        memories=found.rows,
        users=users,
        unreadable=found.unreadable,
        paging=shown,
    )


@pages.get("/<agent_key:agent_key>")
@needs(Role.VIEWER)
def show(agent_key: str) -> Response:
    """Show what is remembered under one key, and who uses it."""
    memory = read(operations.agent_memory, agent_key)
    users = read(operations.agent_memory_users, [agent_key])[agent_key]
    return respond("agent_memory/show.html", "agent_memory/_live.html", memory=memory, users=users)


@pages.get("/<agent_key:agent_key>/forget")
@needs(Role.ADMIN)
def ask_to_forget(agent_key: str) -> Response:
    """Ask whether the memory, or the failure signature of the address, should be forgotten."""
    try:
        memory = read(operations.agent_memory, agent_key)
    except Unreadable:
        memory = None
    page = "agent_memory/forget.html"
    return respond(page, page, agent_key=agent_key, memory=memory, signature=request.args.get("signature"))


@pages.post("/<agent_key:agent_key>/forget")
@needs(Role.ADMIN)
def forget(agent_key: str) -> Response:
    """Forget it, and say so."""
    signature = request.form.get("signature") or None
    back = url_for("agent_memory.index")
    try:
        change(operations.forget_agent_memory, agent_key, signature)
    except NotFound as error:
        return refused(error, back)
    if signature is None:
        tell(_("All that agent %(agent)s remembered is forgotten.", agent=agent_key))
        return go(back)
    tell(_("Agent %(agent)s is forgiven that failure.", agent=agent_key))
    return go(url_for("agent_memory.show", agent_key=agent_key))
