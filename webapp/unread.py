"""The answer to a request that the web server could not read: no view and no hook of the app ever sees it."""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus

from webapp.security import HEADERS


def unread_answer(status: int, detail: str) -> bytes:
    """Return the whole answer as it goes over the wire: a problem like any other, after which the connection ends."""
    phrase = HTTPStatus(status).phrase
    body = json.dumps({"type": "about:blank", "title": phrase, "status": status, "detail": detail}).encode()
    headers = {
        "Connection": "close",
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        **HEADERS,
        "X-Request-ID": secrets.token_hex(16),
        "Cache-Control": "no-store",
    }
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
