"""Flow groups: which there are, and one with its limit, its active runs and who waits."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.operations import FlowGroup, Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, tell
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("flow_groups", __name__, url_prefix="/ui/flow-groups")

ROWS = 40
MOST = 1000


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the table of flow groups, in the order of their names."""
    number = page_number()
    found = read(operations.list_flow_groups, limit=ROWS, offset=(number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total, BACK_FURTHER)
    return respond("flow_groups/index.html", "flow_groups/_table.html", groups=found.rows, paging=shown)


@pages.get("/<flow_group:flow_group>")
@needs(Role.VIEWER)
def show(flow_group: str) -> Response:
    """Show one flow group."""
    return _shown(flow_group)


@pages.post("/<flow_group:flow_group>/limit")
@needs(Role.OPERATOR)
def limit(flow_group: str) -> Response:
    """Set the group's own limit from the form; nothing, or 0, takes it away."""
    address, text = url_for("flow_groups.show", flow_group=flow_group), request.form.get("limit", "").strip()
    if not (text == "" or (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= MOST)):
        problem = _("limit %(text)s is not a number from 0 to %(most)s", text=ascii(text[:20]), most=MOST)
        return _shown(flow_group, status=422, problem=problem, given=text[:20])
    group = change(operations.set_flow_limit, flow_group, int(text or 0))
    tell(f"{_own(group)} {_in_all(group)}")
    return go(address if group.jobs or group.active or group.own_limit or group.pause else url_for("flow_groups.index"))


def _shown(flow_group: str, status: int = 200, problem: str | None = None, given: str | None = None) -> Response:
    """Show one flow group; `problem` says what is wrong with the limit that was `given`."""
    view = read(operations.get_flow_group, flow_group)
    about = {"group": view.group, "view": view, "most": MOST, "problem": problem, "given": given}
    return respond("flow_groups/show.html", "flow_groups/_live.html", status, **about)


def _own(group: FlowGroup) -> str:
    if group.own_limit:
        return _("%(name)s has a limit of its own of %(limit)s.", name=group.name, limit=group.own_limit)
    return _("%(name)s has no limit of its own.", name=group.name)


def _in_all(group: FlowGroup) -> str:
    if group.limit:
        return _("In all at most %(limit)s of its runs are active at once.", limit=group.limit)
    return _("Nobody limits it.")
