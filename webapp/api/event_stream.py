"""Events as they happen, from the one that was last seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Response

from runners.engine import operations
from runners.engine.clock import rfc3339
from runners.engine.operations import Event, EventFilter, Tail
from webapp import sse
from webapp.asking import actor, platform
from webapp.wire.events import event_row


def stream_events(wanted: EventFilter) -> Response:
    """Answer with the wanted events behind the one that was seen last, and with those to come."""
    after_id = sse.last_seen() or _since(wanted) or operations.last_event_id(platform(), actor())
    return sse.serve(_looks(partial(operations.tail_events, platform(), actor(), wanted=wanted), after_id))


def _looks(tail: Callable[[str], Tail], after_id: str) -> sse.Looks:
    while True:
        found = tail(after_id)
        after_id = found.after_id
        yield [*map(_message, found.events)]


def _since(wanted: EventFilter) -> str | None:
    return rfc3339(wanted.since) if isinstance(wanted.since, datetime) else wanted.since


def _message(event: Event) -> str:
    row = event_row(event)
    return sse.message(json.dumps(row, separators=(",", ":")), id=row["id"], event=row["type"])
