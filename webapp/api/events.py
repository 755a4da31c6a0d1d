"""Events: a page of the past, or a live stream; contract §5."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp import sse
from webapp.api.answer import many
from webapp.api.endpoint import endpoint
from webapp.api.event_stream import stream_events
from webapp.api.filters import EventQuery
from webapp.asking import actor, platform
from webapp.wire.events import EventRow, event_row


@endpoint("GET", "/events", Role.VIEWER, query=EventQuery, answers={200: list[EventRow]}, paged=True, streamed=True)
def list_events(query: EventQuery) -> Response:
    """List events, oldest first within the page; as `text/event-stream` they come as they happen."""
    sse.last_seen()
    if sse.wanted("application/json"):
        return stream_events(query.filter())
    page = operations.list_events(platform(), actor(), query.filter(), query.limit, query.offset, query.cursor)
    return many(page, event_row)
