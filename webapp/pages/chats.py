"""Who is who in chats, for administrators: every link, and how one is removed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Stale
from runners.engine.operations import Role
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.roles import needs

pages = Blueprint("chats", __name__, url_prefix="/ui/chats")

ROWS = 50
ONE = "/<channel:channel>/<sender:sender>/unlink"


@pages.get("")
@needs(Role.ADMIN)
def index() -> Response:
    """Show every link."""
    number = page_number()
    found = change(operations.list_chats, ROWS, (number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total, BACK_FURTHER)
    return make_response(
        render_template("chats/index.html", links=found.rows, unreadable=found.unreadable, paging=shown)
    )


@pages.get(ONE)
@needs(Role.ADMIN)
def ask_to_unlink(channel: str, sender: str) -> Response:
    """Ask whether the link should go."""
    return make_response(render_template("chats/unlink.html", link=change(operations.get_chat, channel, sender)))


@pages.post(ONE)
@needs(Role.ADMIN)
def unlink(channel: str, sender: str) -> Response:
    """Remove the link."""
    address = url_for("chats.index")
    try:
        change(operations.unlink_chat, channel, sender)
    except Stale as error:
        return refused(error, address)
    tell(_("%(sender)s in %(channel)s is nobody any more.", sender=sender, channel=channel))
    return go(address)
