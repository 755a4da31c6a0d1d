"""The token that a program shows with its request: read from a header, whatever stands there.

`AUTH_TOKEN_HEADER` carries it after its scheme, `X-API-Key` alone. Nothing is ever read from an address or a cookie.
"""

from __future__ import annotations

from flask import request

from runners.engine.settings import Settings

API_KEY = "X-API-Key"


def shown_tokens(settings: Settings) -> set[str]:
    """Return the different tokens that came with the request; a header of another scheme carries none of ours."""
    scheme, _, token = request.headers.get(settings.auth_header, "").strip().partition(" ")
    found = {token.strip()} if scheme.lower() == settings.auth_scheme.lower() else set()
    return found | {request.headers[API_KEY].strip()} if API_KEY in request.headers else found


def how_to_show(settings: Settings) -> str:
    """Return in which headers a token may come."""
    return f"'{settings.auth_header}: {settings.auth_scheme} TOKEN' or '{API_KEY}: TOKEN'"
