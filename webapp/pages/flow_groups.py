"""Flow groups: which there are, and one with its limit, its active runs and who waits."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from runners.engine import operations
from runners.engine.operations import Role
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
    view = read(operations.get_flow_group, flow_group)
    return respond("flow_groups/show.html", "flow_groups/_live.html", group=view.group, view=view, most=MOST)


@pages.post("/<flow_group:flow_group>/limit")
@needs(Role.OPERATOR)
def limit(flow_group: str) -> Response:
    """Set the group's own limit from the form; nothing, or 0, takes it away."""
    address, text = url_for("flow_groups.show", flow_group=flow_group), request.form.get("limit", "").strip()
    if not (text == "" or (text.isascii() and text.isdecimal() and int(text[:9]) <= MOST and len(text) < 10)):
        tell(f"Nothing was changed: limit {text[:20]!a} is not a number from 0 to {MOST}.", tone="bad")
        return go(address)
    group = change(operations.set_flow_limit, flow_group, int(text or 0))
    own = f"has a limit of its own of {group.own_limit}" if group.own_limit else "has no limit of its own"
    counts = f"at most {group.limit} of its runs are active at once" if group.limit else "nobody limits it"
    tell(f"{flow_group} {own}; {counts}.")
    return go(address if group.jobs or group.active or group.own_limit or group.pause else url_for("flow_groups.index"))
