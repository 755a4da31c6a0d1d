"""Page or fragment: the one place that chooses which of the two a URL serves."""

from typing import Any

from flask import Response, g, make_response, render_template, request

from webapp.language import ASKED_BY
from webapp.polling import TAG, is_poll, poll_answer

STALE_STATUS = 503
STALE_RETRY_AFTER_SEC = 2
VARIES = f"HX-Request, HX-History-Restore-Request, {TAG}, {ASKED_BY}"


def respond(page: str, fragment: str, status: int = 200, **context: Any) -> Response:
    """Return the whole `page`, or only `fragment` when htmx asks for a part of it; caches are told that both exist.

    A poll gets 304 for what it shows already. A page drawn from what was known before the store went away is a 503 with that
    content, whatever `status` says.
    """
    if not wants_fragment():
        response = make_response(render_template(page, **context), status)
    elif is_poll() and status == 200:
        response = poll_answer(lambda: render_template("shared/_fragment.html", fragment=fragment, **context))
    else:
        response = make_response(render_template(fragment, fragment=fragment, **context), status)
    if g.get("stale_at"):
        response.status_code = STALE_STATUS
        response.headers["Retry-After"] = str(STALE_RETRY_AFTER_SEC)
    response.headers.add("Vary", VARIES)
    return response


def wants_fragment() -> bool:
    """Say whether htmx asks for a part; when it restores history it needs the whole page again."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
