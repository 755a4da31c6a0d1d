"""The cookie of a browser in which somebody has signed in before: what is tried there is counted apart from strangers' tries.

It opens nothing. It holds a random number of the browser and the name that signed in, signed with our key, for ninety days.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.cookies import Cookie, read_cookie, set_cookie

LIFE = timedelta(days=90)
TOKEN = ":token"
"""Stands for the name where somebody signs in with a token; nobody is called so."""


def browser_known_to(name: str) -> str | None:
    """Return the number of this browser if `name` has signed in with it before."""
    try:
        number, known = _serializer().loads(read_cookie(request, Cookie.KNOWN), max_age=int(LIFE.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(number) if known == (name or TOKEN) else None


def know_browser(response: Response, name: str) -> None:
    """Let this browser be known to `name` from now on."""
    number = browser_known_to(name) or secrets.token_urlsafe(16)
    set_cookie(response, Cookie.KNOWN, _text([number, name or TOKEN]), int(LIFE.total_seconds()))


def _text(content: list[str]) -> str:
    return str(_serializer().dumps(content))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="multijob known browser")
