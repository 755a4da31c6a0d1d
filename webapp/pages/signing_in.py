"""Signing in and out: by a name and a password, by a token, or as the first of all by the code on the terminal."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from runners.engine.access.first import nobody_is_defined
from runners.engine.access.guessing import admit, forgive, sources
from runners.engine.access.identity import Identity, by_token, of_person, verify_password
from runners.engine.errors import TooMany, Unauthorized
from runners.engine.operations import Role
from runners.engine.store.away import reported
from webapp.asking import identity, platform
from webapp.client import client_network
from webapp.errors import challenge
from webapp.known_browser import browser_known_to, know_browser
from webapp.landing import landing
from webapp.login import sign_in, sign_out
from webapp.pages.acting import go, tell
from webapp.presentation.spoken import spoken
from webapp.refusals import refuse
from webapp.roles import PUBLIC, needs

pages = Blueprint("signing_in", __name__, url_prefix="/ui")

LONGEST_NAME = 64
LOST = {
    "session": _l("Your session has ended. Sign in to go on where you were."),
    "page": _l("The form was too old to be sent. Sign in once more."),
    "form": _l("Your session had ended, so what you sent was not done. Sign in, then send it again."),
}
"""What was lost, by the word in the address; any other word says nothing."""
NOT_DONE = _l("What you sent before signing in was not done. Send it again if you still want it.")


@pages.get("/sign-in")
@needs(PUBLIC)
def show() -> Response:
    """Show the form, unless somebody is signed in already, or nobody could sign in yet."""
    if identity():
        return go(landing(request.args.get("next", "")))
    with reported():
        if nobody_is_defined(platform()):
            return go(url_for("first.show"))
    return _form(request.args.get("lost", ""))


@pages.post("/sign-in")
@needs(PUBLIC)
def enter() -> Response:
    """Sign in and lead to the page that was asked for."""
    if not platform().settings.auth_enabled:
        return go(url_for("overview.show"))
    token = request.form.get("token", "").strip()
    name = "" if token else request.form.get("name", "").strip().lower()[:LONGEST_NAME]
    lost = request.form.get("lost", "")
    try:
        who = _let_in(name, token)
    except TooMany as error:
        refuse(error, 429, str(error))
        return _form(lost, 429, f"{spoken(error)}.".capitalize(), {"Retry-After": str(error.retry_after_sec)})
    if who is None:
        refused = _refusal(token)
        refuse(refused, 401, str(refused))
        return _form(lost, 401, spoken(refused), {"WWW-Authenticate": challenge(refused)})
    sign_in(who, "token" if token else "password", str(NOT_DONE) if lost == "form" else None)
    answer = go(landing(request.form.get("next", "")))
    know_browser(answer, name)
    return answer


@pages.post("/sign-out")
@needs(Role.VIEWER)
def leave() -> Response:
    """End this session."""
    if not platform().settings.auth_enabled:
        return go(url_for("overview.show"))
    sign_out()
    tell(_("You are signed out."))
    return go(url_for("signing_in.show"))


def _let_in(name: str, token: str) -> Identity | None:
    """Return who shows a right credential. Raises TooMany, and StoreAway."""
    tried = sources(client_network(), name, browser_known_to(name))
    admit(platform(), tried)
    with reported():
        if token:
            who = by_token(platform(), token)
        else:
            person = verify_password(platform(), name, request.form.get("password", ""))
            who = of_person(person) if person else None
    if who:
        forgive(platform(), tried)
    return who


def _refusal(token: str) -> Unauthorized:
    if token:
        return Unauthorized("This token lets nobody in: it is wrong, expired or revoked.", wrong=True)
    return Unauthorized("Name or password is wrong, or you may not sign in any more.", wrong=True)


def _form(lost: str, status: int = 200, fault: str = "", headers: dict[str, str] | None = None) -> Response:
    asked = landing(request.values.get("next", ""))
    body = render_template(
        "signing_in/show.html", asked=asked, lost=lost if lost in LOST else "", said=LOST.get(lost), fault=fault
    )
    return make_response(body, status, headers or {})
