"""Who one is here: role, sessions to end, and one's own password."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from runners.engine import operations
from runners.engine.access.identity import Identity, of_person
from runners.engine.errors import Conflict, Invalid, Problem, TooMany, Unauthorized
from runners.engine.operations import Role
from webapp.asking import identity
from webapp.login import current_session, sign_in
from webapp.pages.acting import change, go, refused, tell
from webapp.presentation.browsers import browser_in_words
from webapp.refusals import refuse
from webapp.roles import needs

pages = Blueprint("account", __name__, url_prefix="/ui/account")

WORDS = {"password": _l("with a password"), "token": _l("with a token"), "code": _l("with the code on the terminal")}


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show who asks, and where he is signed in."""
    return _page()


@pages.post("/password")
@needs(Role.VIEWER)
def change_password() -> Response:
    """Give the one who asks a new password, and this browser a new session; all others end."""
    current, new = request.form.get("current", ""), request.form.get("new", "")
    try:
        person = change(operations.change_own_password, _who(), current, new)
    except Invalid as error:
        return _page(error.problems, 422)
    except TooMany as error:
        refuse(error, 429, str(error))
        problem = Problem(("current",), str(error), "too_many")
        return _page([problem], 429, {"Retry-After": str(error.retry_after_sec)})
    except Conflict as error:
        return refused(error, _address())
    sign_in(of_person(person), "password", _("Your password is changed. Every other browser is signed out."))
    return go(_address())


@pages.post("/sessions/end")
@needs(Role.VIEWER)
def end_session() -> Response:
    """End one of one's own sessions."""
    return _end([request.form.get("session", "")])


@pages.post("/sessions/end-others")
@needs(Role.VIEWER)
def end_others() -> Response:
    """End all of one's own sessions but this one."""
    this = current_session()
    found = change(operations.own_sessions, _who())
    return _end([one.digest for one in found if this is None or one.digest != this.digest])


@pages.post("/chats/link")
@needs(Role.VIEWER)
def link_chat() -> Response:
    """Make a one-time code that makes a chat one's own, and show it, this once."""
    return _page(code=change(operations.link_own_chat))


@pages.post("/chats/unlink")
@needs(Role.VIEWER)
def unlink_chat() -> Response:
    """Remove one of one's own links."""
    channel, sender = request.form.get("channel", ""), request.form.get("sender", "")
    change(operations.unlink_own_chat, channel, sender)
    tell(_("%(sender)s in %(channel)s is not you any more.", sender=sender, channel=channel))
    return go(_address())


def _end(digests: Sequence[str]) -> Response:
    ended = change(operations.end_own_sessions, _who(), digests)
    tell(ngettext("%(num)s browser is signed out.", "%(num)s browsers are signed out.", ended))
    return go(_address())


def _page(
    problems: Sequence[Problem] = (),
    status: int = 200,
    headers: dict[str, str] | None = None,
    code: operations.LinkCode | None = None,
) -> Response:
    who, this = _who(), current_session()
    body = render_template(
        "account/show.html",
        who=who,
        this=this,
        found=[(one, browser_in_words(one.browser), WORDS.get(one.how, one.how)) for one in _sessions(who)],
        problems=problems,
        code=code,
        chats=change(operations.own_chats) if who.kind == "person" else [],
    )
    return make_response(body, status, headers or {})


def _sessions(who: Identity) -> list[operations.Session]:
    return [] if who.kind == "local" else change(operations.own_sessions, who)


def _who() -> Identity:
    found = identity()
    if found is None:
        raise Unauthorized("say who you are")
    return found


def _address() -> str:
    return url_for("account.show")
