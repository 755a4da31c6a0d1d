"""Named tokens of programs, for administrators: make one, see it once, revoke it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem
from runners.engine.operations import NewToken, Role
from webapp.asking import platform
from webapp.pages import shell
from webapp.pages.acting import change, go, tell
from webapp.pages.paging import page_number, paging
from webapp.pages.people import ROLES
from webapp.roles import needs

pages = Blueprint("tokens", __name__, url_prefix="/ui/tokens")

ROWS = 50
LIVES = {"30": _l("30 days"), "90": _l("90 days"), "365": _l("a year"), "never": _l("until it is revoked")}


@pages.get("")
@needs(Role.ADMIN)
def index() -> Response:
    """Show all tokens, and a form for one more."""
    return _index()


@pages.post("")
@needs(Role.ADMIN)
def create() -> Response:
    """Make a token and show it, this once; or show what is wrong."""
    name, role, life = (request.form.get(field, "").strip() for field in ("name", "role", "life"))
    problems = [] if role in set(Role) else [Problem(("role",), _("choose one of these"), "not_a_role")]
    problems += [] if life in LIVES else [Problem(("life",), _("choose one of these"), "not_a_life")]
    if problems:
        return _index(problems, 422)
    try:
        made = change(operations.create_token, name, Role(role), _end(life))
    except Invalid as error:
        return _index(error.problems, 422)
    except Conflict as error:
        return _index([Problem(("name",), str(error), "taken")], 409)
    return _index(made=made)


@pages.get("/<token_id:token_id>/revoke")
@needs(Role.ADMIN)
def ask_to_revoke(token_id: str) -> Response:
    """Ask whether the token should end."""
    return make_response(render_template("tokens/revoke.html", token=change(operations.get_token, token_id)))


@pages.post("/<token_id:token_id>/revoke")
@needs(Role.ADMIN)
def revoke(token_id: str) -> Response:
    """End a token now, and whatever was signed in to by it."""
    token = change(operations.revoke_token, token_id)
    tell(_("Token %(name)s lets nobody in any more.", name=token.name))
    return go(url_for("tokens.index"))


def _end(life: str) -> datetime | None:
    return None if life == "never" else platform().store.now() + timedelta(days=int(life))


def _index(problems: Sequence[Problem] = (), status: int = 200, made: NewToken | None = None) -> Response:
    number = page_number()
    found = change(operations.list_tokens, ROWS, (number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total)
    rows = [(token, token.status(shell.now())) for token in found.rows]
    body = render_template(
        "tokens/index.html", rows=rows, paging=shown, roles=ROLES, lives=LIVES.items(), problems=problems, made=made
    )
    return make_response(body, status)
