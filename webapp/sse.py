"""Events as they happen (WHATWG server-sent events): `id:` to resume from, a comment as heartbeat.

A stream occupies a thread of the web process, so their number is limited and each ends after an hour; a browser then
comes back by itself with `Last-Event-ID` and misses nothing.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from flask import Response, request

from runners.engine import operations
from runners.engine.clock import rfc3339
from runners.engine.errors import Malformed, MultijobError, StoreAway
from runners.engine.operations import Event, EventFilter, Tail
from webapp.asking import actor, platform
from webapp.wire.events import event_row

LOOK_EVERY = timedelta(milliseconds=500)
HEARTBEAT_EVERY = timedelta(seconds=10)
LIFE = timedelta(hours=1)
RETRY_MS = 2000
STREAMS_PER_PROCESS = 8

_free = threading.BoundedSemaphore(STREAMS_PER_PROCESS)


def wanted() -> bool:
    """Say whether the client asks for a live stream rather than for a page."""
    return request.accept_mimetypes.best_match(["application/json", "text/event-stream"]) == "text/event-stream"


def stream(wanted: EventFilter, seen: str | None) -> Response:
    """Answer with the wanted events behind the one that was `seen`, and with those to come.

    Raises StoreAway when too many streams are open.
    """
    after_id = seen or _since(wanted) or operations.last_event_id(platform(), actor())
    if not _free.acquire(blocking=False):
        raise StoreAway(f"{STREAMS_PER_PROCESS} live streams are open here; close one or try again", retry_after_sec=10)
    tail = partial(operations.tail_events, platform(), actor(), wanted=wanted)
    response = Response(_lines(tail, after_id), content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(_free.release)
    return response


def last_seen() -> str | None:
    """Return the id of the last event that the client saw; None when it begins. Raises Malformed."""
    seen = request.headers.get("Last-Event-ID")
    if seen is not None and not re.fullmatch(r"[0-9]{1,18}", seen, re.ASCII):
        raise Malformed("Last-Event-ID is not the id of an event; leave it out to begin with the newest")
    return seen


def _since(wanted: EventFilter) -> str | None:
    return rfc3339(wanted.since) if isinstance(wanted.since, datetime) else wanted.since


def _lines(tail: Callable[[str], Tail], after_id: str) -> Iterator[str]:
    """Yield the stream's text. A store that goes away ends the stream: the client comes back when it can be served."""
    yield f"retry: {RETRY_MS}\n\n"
    end, beat = time.monotonic() + LIFE.total_seconds(), time.monotonic()
    pause = threading.Event()
    while time.monotonic() < end:
        try:
            found = tail(after_id)
        except MultijobError:
            return
        after_id = found.after_id
        yield from map(_message, found.events)
        if time.monotonic() - beat >= HEARTBEAT_EVERY.total_seconds():
            beat = time.monotonic()
            yield ": beat\n\n"
        pause.wait(LOOK_EVERY.total_seconds())


def _message(event: Event) -> str:
    row = event_row(event)
    return f"id: {row['id']}\nevent: {row['type']}\ndata: {json.dumps(row, separators=(',', ':'))}\n\n"
