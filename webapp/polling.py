"""Polls: what has not changed is a 304, and what was drawn a moment ago serves the next who asks for the same.

An element that polls says in HX-PTag which part it shows, '-' while it does not know; with 304 htmx leaves it as it is. A part that
was drawn within the last second is not drawn again, for anybody whose page would be the same: a page polls every two seconds at
most, so that no answer is older than what it replaces. Whether somebody may see it is asked before, every time.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import generate_csrf

from webapp.asking import identity
from webapp.language import language
from webapp.newest import Newest
from webapp.preferences import preferences, zone

TAG = "HX-PTag"
FRESH_SEC = 1.0
PARTS_KEPT = 200
TAG_LENGTH = 24
FORM_TOKEN = secrets.token_urlsafe(24)
"""Stands in a part where each browser gets the token of its own forms."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it was drawn at `at` (monotonic); equal tags mean equal parts, in all processes."""

    tag: str
    text: str
    at: float


class Parts:
    """The parts that were drawn of late, by what was asked for and who would see the same."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: Newest[Hashable, Part] = Newest(PARTS_KEPT)
        self._lock = Lock()

    def fresh(self, key: Hashable, now: float) -> Part | None:
        """Return the part that was drawn within the last second, or None."""
        with self._lock:
            part = self._kept.get(key)
        return part if part and now - part.at < FRESH_SEC else None

    def keep(self, key: Hashable, part: Part) -> None:
        """Keep a part, and drop those that nobody gets any more."""
        with self._lock:
            self._kept[key] = part
            while part.at - next(iter(self._kept.values())).at >= FRESH_SEC:
                self._kept.popitem(last=False)


def share_parts(app: Flask) -> None:
    """Answer polls of `app` with what was just drawn. Who may see what must have been settled before."""
    app.extensions["parts"] = Parts()
    app.before_request(_drawn_before)


def is_poll() -> bool:
    """Say whether an element asks again for what it shows."""
    headers = request.headers
    return request.method == "GET" and TAG in headers and headers.get("HX-Request") == "true"


def poll_answer(draw: Callable[[], str]) -> Response:
    """Return the part that `draw` makes, or that it has not changed; stale ones are neither compared nor kept."""
    began = monotonic()
    g.csrf_token = FORM_TOKEN
    try:
        text = draw()
    finally:
        del g.csrf_token  # what is answered instead of a part has forms of its own
    part = Part(_tag(text), text, began)
    if not g.get("stale_at"):
        _parts().keep(_key(), part)
    return _answer(part)


def whole_page(status: int) -> Response:
    """Let htmx ask for the whole page: what the part showed is there no more, and the page says so."""
    return Response(status=status, headers={"HX-Refresh": "true"})


def _drawn_before() -> Response | None:
    part = _parts().fresh(_key(), monotonic()) if is_poll() else None
    return _answer(part) if part else None


def _answer(part: Part) -> Response:
    if request.headers.get(TAG) == part.tag and not g.get("stale_at"):
        response = Response(status=304)
    else:
        own = part.text.replace(FORM_TOKEN, generate_csrf()) if FORM_TOKEN in part.text else part.text
        response = Response(own)
    response.headers[TAG] = part.tag
    return response


def _key() -> Hashable:
    """Return all that a part depends on beside the store: what is asked for, and for whom."""
    return request.full_path, identity(), language(), preferences(), str(zone())


def _tag(text: str) -> str:
    said = request.full_path + text.replace(FORM_TOKEN, "")
    return hashlib.sha256(said.encode()).hexdigest()[:TAG_LENGTH]


def _parts() -> Parts:
    found: Parts = current_app.extensions["parts"]
    return found
