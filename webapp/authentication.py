"""Who asks: found out before anything else is done for a request, and before its body is read.

A request for the API says it by a token in a header, and its cookies are never read; a request for a page says it by its
session, which `app.extensions["page_identity"]` knows (a function without arguments; None is nobody). What is not public
is refused to nobody, in the same words whether or not it exists.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, g, request

from runners.engine.access.identity import LOCAL, Identity, by_token
from runners.engine.errors import Unauthorized
from runners.engine.store.away import reported
from webapp.asking import on_page, platform
from webapp.roles import is_public

PageIdentity = Callable[[], Identity | None]


def authenticate(app: Flask) -> None:
    """Find out who asks, on every request of `app`."""
    app.before_request(_identify)


def _identify() -> None:
    g.identity = _found()
    if g.identity is None and not is_public():
        raise Unauthorized(f"say who you are: send a token in the header {_how()}")


def _found() -> Identity | None:
    if not platform().settings.auth_enabled:
        return LOCAL
    if on_page():
        of_session: PageIdentity | None = current_app.extensions.get("page_identity")
        return of_session() if of_session else None
    credential = _credential()
    if credential is None or is_public():
        return None
    with reported():
        found = by_token(platform(), credential)
    if found is None:
        raise Unauthorized("this token lets nobody in: it is wrong, expired or revoked", wrong=True)
    return found


def _credential() -> str | None:
    """Return the token that came with the request, whatever it is; None when there is none."""
    settings = platform().settings
    scheme, _, token = request.headers.get(settings.auth_header, "").partition(" ")
    if scheme.lower() == settings.auth_scheme.lower():
        return token.strip()
    return request.headers.get("X-API-Key")


def _how() -> str:
    settings = platform().settings
    return f"'{settings.auth_header}: {settings.auth_scheme} …' or 'X-API-Key: …'"
