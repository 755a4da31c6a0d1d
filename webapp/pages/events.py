"""Events: what happens, as it happens, and everything before it that is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from pydantic import ValidationError
from werkzeug.exceptions import NotFound

from runners.engine import operations
from runners.engine.events import EventType
from runners.engine.operations import EventFilter, EventPage, Role
from webapp.api.filters import EventQuery
from webapp.htmx import respond
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("events", __name__, url_prefix="/ui/events")

ROWS = 50
FILTERS = ("event_type", "job_id", "run_id", "search")
TYPES = (*sorted({f"{kind.partition('.')[0]}.*" for kind in EventType}), *EventType)
"""What the filter by type offers: every first word, then every type."""


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the newest events and follow them, or the ones on either side of an event."""
    wanted, before, after = _wanted(), _place("before"), _place("after")
    found = read(operations.leaf_events, wanted, ROWS, before, after)
    return respond(
        "events/index.html",
        "events/_table.html",
        found=found,
        live=before is None and after is None,
        filtered=wanted != EventFilter(),
        types=TYPES,
        addresses=_addresses(found),
    )


def _addresses(found: EventPage) -> dict[str, str | None]:
    """Return where the buttons lead: to both sides, to a standstill, and to what happens now."""
    still = str(int(found.rows[0].id) + 1) if found.rows else None
    return {
        "older": _address(before=found.older) if found.older else None,
        "newer": _address(after=found.newer) if found.newer else None,
        "still": _address(before=still) if still else None,
        "live": _address(),
    }


def _address(**place: Any) -> str:
    filters: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return url_for("events.index", **filters, **place)


def _wanted() -> EventFilter:
    given = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    try:
        return EventQuery.model_validate(given).filter()
    except ValidationError as error:
        (name,), fault = error.errors()[0]["loc"], error.errors()[0]["msg"]
        raise NotFound(f"{name}: {fault}") from None


def _place(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFound(f"{name} {text[:20]!a} is no id of an event")
    return int(text)
