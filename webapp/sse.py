"""Live streams (WHATWG server-sent events): `id:` to resume from, a comment as heartbeat.

A stream occupies a thread of the web process, so their number is limited and each ends after an hour; a client then
comes back by itself with `Last-Event-ID` and misses nothing.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial

from flask import Response, request

from runners.engine.access.identity import Identity, still
from runners.engine.errors import Malformed, MultijobError, StoreAway
from runners.engine.platform import Platform
from runners.engine.store.away import reported
from webapp.asking import identity, platform

LOOK_EVERY = timedelta(milliseconds=500)
HEARTBEAT_EVERY = timedelta(seconds=10)
LIFE = timedelta(hours=1)
RETRY_MS = 2000
STREAMS_PER_PROCESS = 8

_free = threading.BoundedSemaphore(STREAMS_PER_PROCESS)

Looks = Iterator[list[str]]
"""Each step looks once and brings the messages that have come since the last; the end of the steps ends the stream."""


def wanted(otherwise: str) -> bool:
    """Say whether the client asks for a live stream rather than for an answer of the type `otherwise`; HEAD has no body."""
    return (
        request.method == "GET"
        and request.accept_mimetypes.best_match([otherwise, "text/event-stream"]) == "text/event-stream"
    )


def serve(looks: Looks) -> Response:
    """Answer with what `looks` bring, now and every half second. Raises StoreAway when too many streams are open."""
    if not _free.acquire(blocking=False):
        raise StoreAway(f"{STREAMS_PER_PROCESS} live streams are open here; close one or try again", retry_after_sec=10)
    stays = partial(_may_stay, platform(), identity())
    response = Response(_text(looks, stays), content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(_free.release)
    return response


def last_seen() -> str | None:
    """Return the id of the last message that the client saw; None when it begins. Raises Malformed."""
    seen = request.headers.get("Last-Event-ID")
    if seen is not None and not re.fullmatch(r"[0-9]{1,18}", seen, re.ASCII):
        raise Malformed("Last-Event-ID is no id of a message here; leave it out to begin anew")
    return seen


def message(data: str, *, id: str, event: str | None = None) -> str:
    """Return one message; each line of `data` is a line of its own."""
    named = f"event: {event}\n" if event else ""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"id: {id}\n{named}{lines}\n"


def _may_stay(platform: Platform, who: Identity | None) -> bool:
    """Say whether whoever opened a stream may still read it. Raises StoreAway."""
    with reported():
        return who is not None and (who.kind == "local" or still(platform, who) is not None)


def _text(looks: Looks, stays: Callable[[], bool]) -> Iterator[str]:
    """Yield the stream's text. A store that goes away ends the stream: the client comes back when it can be served.

    With each heartbeat whoever reads is asked for anew: what lets somebody in no more ends his streams.
    """
    yield f"retry: {RETRY_MS}\n\n"
    end, beat = time.monotonic() + LIFE.total_seconds(), time.monotonic()
    pause = threading.Event()
    with suppress(MultijobError):
        for messages in looks:
            yield from messages
            if time.monotonic() >= end:
                break
            if time.monotonic() - beat >= HEARTBEAT_EVERY.total_seconds():
                beat = time.monotonic()
                if not stays():
                    break
                yield ": beat\n\n"
            pause.wait(LOOK_EVERY.total_seconds())
