"""The session of a page's request, as Flask, its flash messages and its form tokens know it.

Whoever is signed in has it in the store; his cookie holds nothing but its id. A visitor has it in his own signed cookie: it
holds the token of the sign-in form, and strangers put nothing into the store. The API has none. A session is looked up when
it is first asked for. Without sign-in Flask's own signed cookie serves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Request, Response, g
from flask.sessions import SecureCookieSessionInterface, SessionMixin, session_json_serializer
from itsdangerous import BadSignature

from runners.engine.access import sessions
from runners.engine.access.sessions import SignedIn
from runners.engine.errors import MultijobError, StoreAway
from runners.engine.platform import Platform
from webapp.cookies import Cookie, drop_cookie, read_cookie, set_cookie
from webapp.htmx import wants_fragment
from webapp.recent_sessions import RecentSessions
from webapp.roles import is_public
from webapp.security import SAFE_METHODS

TOUCHED_EVERY = timedelta(minutes=1)
LOG = structlog.get_logger("webapp.sessions")

Opened = tuple[SignedIn | None, dict[str, Any]]


class PageSession(SessionMixin):
    """What a request's session holds, and who is signed in by it; None for a visitor.

    `is_known` once it was looked up, or became another; `new_id` is the id of the session that it has become.
    """

    def __init__(self, open_it: Callable[[], Opened]) -> None:
        """Look nothing up yet."""
        self._open_it = open_it
        self._opened: Opened | None = None
        self.modified = self.accessed = False
        self.new_id: str | None = None
        self.is_known = False

    @property
    def signed_in(self) -> SignedIn | None:
        """Who is signed in. Raises StoreAway the first time that it is asked; afterwards that is nobody."""
        return self._parts[0]

    @property
    def content(self) -> dict[str, Any]:
        """What it holds."""
        return self._parts[1]

    @property
    def _parts(self) -> Opened:
        if self._opened is None:
            self._opened = None, {}  # when the store is away, its error page has a session too, that nothing is kept of
            self._opened = self._open_it()
            self.is_known = True
        return self._opened

    def become(self, session_id: str) -> None:
        """Be the session of this id from now on, which began with the content that this one holds."""
        self.new_id, self.modified = session_id, False

    def leave(self) -> None:
        """Be a visitor's empty session from now on."""
        self._opened, self.new_id, self.modified, self.is_known = (None, {}), None, False, True

    def stay(self) -> None:
        """Keep nothing of what this request did: the browser stays signed in as it was, or out."""
        self.leave()
        self.is_known = False

    def __getitem__(self, name: str) -> Any:
        self.accessed = True
        return self.content[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.accessed = self.modified = True
        self.content[name] = value

    def __delitem__(self, name: str) -> None:
        self.accessed = self.modified = True
        del self.content[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)


class Sessions(SecureCookieSessionInterface):
    """Opens the session of each request and keeps what the request changed in it."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """Return the request's session; None, which Flask takes for one that nothing can be put in, for the API's."""
        if not _platform(app).settings.auth_enabled:
            return super().open_session(app, request)
        of_page = request.path == "/ui" or request.path.startswith("/ui/")
        return PageSession(lambda: self._open(app, request)) if of_page else None

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep what was changed, in the store or in the visitor's cookie."""
        if not isinstance(session, PageSession):
            super().save_session(app, session, response)
            return
        if session.accessed:
            response.vary.add("Cookie")
        if session.new_id:
            set_cookie(response, Cookie.SESSION, session.new_id)
            drop_cookie(response, Cookie.VISITOR)
        elif session.is_known and session.signed_in:
            _keep(_platform(app), session, session.signed_in)
        elif session.is_known:
            self._keep_visitor(app, session, response)

    def _open(self, app: Flask, request: Request) -> Opened:
        signed_in = _signed_in(app, request)
        if signed_in:
            return signed_in, _unpacked(signed_in.session.content)
        serializer = self.get_signing_serializer(app)
        try:
            return None, dict(serializer.loads(read_cookie(request, Cookie.VISITOR)) if serializer else {})
        except (BadSignature, ValueError, TypeError):
            return None, {}

    def _keep_visitor(self, app: Flask, session: PageSession, response: Response) -> None:
        drop_cookie(response, Cookie.SESSION)
        serializer = self.get_signing_serializer(app)
        if session.modified and session.content and serializer:
            set_cookie(response, Cookie.VISITOR, str(serializer.dumps(session.content)))
        elif session.modified:
            drop_cookie(response, Cookie.VISITOR)


def _signed_in(app: Flask, request: Request) -> SignedIn | None:
    """Return whose session the request names. While the store is away, whoever was in just now may go on reading."""
    recent: RecentSessions = app.extensions["recent_sessions"]
    session_id = read_cookie(request, Cookie.SESSION)
    try:
        found = sessions.find(_platform(app), session_id)
    except StoreAway as fault:
        known = recent.lately(session_id) if request.method in SAFE_METHODS and not is_public() else None
        if known is None:
            raise
        g.store_away = fault
        return known
    recent.note(session_id, found)
    return found


def _keep(platform: Platform, session: PageSession, found: SignedIn) -> None:
    """A page that refreshes itself does not keep a session alive; one that somebody opens does."""
    if g.get("store_away"):
        return
    used = not wants_fragment() and found.found_at - found.session.seen_at >= TOUCHED_EVERY
    if not (used or session.modified):
        return
    try:
        content = packed(session.content) if session.modified else None
        sessions.keep(platform, found.session, used=used, content=content)
    except MultijobError as fault:
        # what was asked for is done; a message about it is all that can be lost
        LOG.warning("session.not_kept", fault=str(fault))


def packed(content: dict[str, Any]) -> str:
    """Return the content of a session as the store keeps it; Flask's own form, which knows messages with links."""
    return str(session_json_serializer.dumps(content))


def _unpacked(text: str) -> dict[str, Any]:
    try:
        found = session_json_serializer.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _platform(app: Flask) -> Platform:
    found: Platform = app.extensions["platform"]
    return found
