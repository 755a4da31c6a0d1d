"""What somebody gets who is not signed in, or not any more: the way to sign in, and from there back to where he was."""

from __future__ import annotations

from flask import Response, redirect, request, url_for

from webapp.cookies import Cookie, read_cookie
from webapp.errors import ProblemAnswer
from webapp.htmx import wants_fragment
from webapp.landing import came_from, here, home, landing, page_in_view
from webapp.security import SAFE_METHODS


def to_sign_in(problem: ProblemAnswer) -> Response:
    """Return the way to the sign-in page.

    A part of a page is refused with 401 and a header by which htmx leaves the page: no sign-in page inside a table. What looks
    a form through while somebody types leaves it alone, with what was typed. A form is never kept and sent later: whoever
    sent it reads that it was not done.
    """
    if wants_fragment():
        away = {"HX-Redirect": _address(page_in_view(), "session")} if request.method in SAFE_METHODS else {}
        return Response("", problem.status, {**problem.headers, **away})
    if request.method in SAFE_METHODS:
        had_session = read_cookie(request, Cookie.SESSION)
        return _redirect(_address(here(), "session" if had_session else None))
    return _redirect(_address(came_from(), "form"))


def once_more() -> Response:
    """Return the way to a new sign-in form, with the page that the old one was to lead to."""
    return _redirect(_address(landing(request.form.get("next", "")), "page"))


def _redirect(address: str) -> Response:
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response


def _address(asked: str, lost: str | None) -> str:
    return url_for("signing_in.show", next=asked if asked != home() else None, lost=lost)
