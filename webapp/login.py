"""Who is signed in with a browser: Flask-Login over the sessions of `webapp.sessions`, and the ways in and out.

Flask-Login's remember-me cookie and its session protection are not used: the first lets somebody in without a session that
could be ended, the second believes X-Forwarded-For.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, flash, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from runners.engine.access import sessions
from runners.engine.access.identity import Identity
from runners.engine.access.sessions import SignedIn, Visit, owner_of
from runners.engine.errors import MultijobError
from runners.engine.store.sessions import Session
from webapp.asking import platform, request_id
from webapp.client import client_address
from webapp.recent_sessions import RecentSessions
from webapp.sessions import PageSession, Sessions, packed

LONGEST_BROWSER = 200


class User:
    """Whoever is signed in, with all that Flask-Login asks of him."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, who: Identity) -> None:
        """Keep who it is."""
        self.identity = who

    def get_id(self) -> str:
        """Return what his session remembers of him."""
        return owner_of(self.identity)


class SessionsOnly(LoginManager):  # type: ignore[misc]  # Flask-Login has no types
    """Knows a browser by its session alone."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None

    def _update_remember_cookie(self, response: Any) -> Any:
        return response


def use_sessions(app: Flask) -> None:
    """Let people sign in to the pages of `app`."""
    app.session_interface = Sessions()
    app.extensions["recent_sessions"] = RecentSessions()
    manager = SessionsOnly()
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    app.extensions["page_identity"] = page_identity


def page_identity() -> Identity | None:
    """Return who is signed in with the browser that asks; None for nobody. Raises StoreAway."""
    return current_user.identity if current_user.is_authenticated else None


def current_session() -> Session | None:
    """Return the session with which this request is signed in; None without one."""
    found = _page_session().signed_in if isinstance(session, PageSession) else None
    return found.session if found else None


def sign_in(who: Identity, how: str, said: str | None = None) -> None:
    """Sign `who` in with the browser that asks: a new session with a new id, in which `said` waits for the next page.

    Raises StoreAway; then nothing has changed.
    """
    here, before = _page_session(), current_session()
    here.leave()
    g.pop("csrf_token", None)
    login_user(User(who))
    generate_csrf()
    if said:
        flash(said, "wait")
    try:
        browser = (request.user_agent.string or "")[:LONGEST_BROWSER]
        visit = Visit(browser, client_address(), packed(here.content), request_id())
        here.become(sessions.begin(platform(), who, how, visit, before))
    except MultijobError:
        here.stay()
        raise


def sign_out() -> None:
    """End the session of the browser that asks. Raises StoreAway; then it has not ended."""
    found = _page_session().signed_in
    if found:
        sessions.end(platform(), found, request_id())
    logout_user()
    _page_session().leave()


def _load(owner: str) -> User | None:
    found: SignedIn | None = _page_session().signed_in
    return User(found.identity) if found and owner_of(found.identity) == owner else None


def _page_session() -> PageSession:
    return cast(PageSession, session)
