"""Page or fragment: the one place that chooses which of the two a URL serves."""

from typing import Any

from flask import Response, g, make_response, render_template, request

from webapp.language import ASKED_BY

STALE_STATUS = 503
STALE_RETRY_AFTER_SEC = 2


def respond(page: str, fragment: str, status: int = 200, **context: Any) -> Response:
    """Return the whole `page`, or only `fragment` when htmx asks for a part of it; caches are told that both exist.

    A page drawn from what was known before the store went away is a 503 with that content, whatever `status` says.
    """
    template, part = ("shared/_fragment.html", fragment) if wants_fragment() else (page, None)
    response = make_response(render_template(template, fragment=part, **context), status)
    if g.get("stale_at"):
        response.status_code = STALE_STATUS
        response.headers["Retry-After"] = str(STALE_RETRY_AFTER_SEC)
    response.headers.add("Vary", f"HX-Request, HX-History-Restore-Request, {ASKED_BY}")
    return response


def wants_fragment() -> bool:
    """Say whether htmx asks for a part; when it restores history it needs the whole page again."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
