"""The log of a run: whole, in part, or live as it is written; contract §4."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from runners.engine import operations
from runners.engine.operations import LogPart, Role
from webapp import sse
from webapp.api.endpoint import endpoint
from webapp.asking import actor, platform
from webapp.parsing_range import asked_bytes

PART_BYTES = 64 * 1024
"""More than any line has."""
TEXT = "text/plain; charset=utf-8"


@endpoint(
    "GET",
    "/runs/{run_id}/logs",
    Role.VIEWER,
    answers={200: "text/plain", 206: "text/plain"},
    streamed=True,
    ranged=True,
)
def read_run_log(run_id: str) -> Response:
    """Read a run's log, or a range of it; as `text/event-stream` it comes as it is written, and ends with the run."""
    seen = sse.last_seen()
    if sse.wanted("text/plain"):
        return _stream(run_id, int(seen or 0))
    asked = asked_bytes()
    part = operations.run_log(platform(), actor(), run_id, *(asked or (0, -1)))
    if asked is None:
        return Response(part.text, headers={"Accept-Ranges": "bytes"}, content_type=TEXT)
    if not part.text:
        raise RequestedRangeNotSatisfiable(part.size, description=f"the log has {part.size} bytes now")
    headers = {"Accept-Ranges": "bytes", "Content-Range": _place(part)}
    return Response(part.text, 206, headers, content_type=TEXT)


def _place(part: LogPart) -> str:
    """Return where the part lies; the length of what still grows is unknown."""
    return f"bytes {part.start}-{part.end - 1}/{part.size if part.has_ended else '*'}"


def _stream(run_id: str, offset: int) -> Response:
    """Answer with whole lines from `offset` on; a message's id is the offset behind it. 204: there is no more to come."""
    read = partial(operations.run_log, platform(), actor(), run_id)
    known = read(offset, offset)
    if offset and known.has_ended and offset >= known.size:
        return Response(status=204)
    return sse.serve(_looks(read, min(offset, known.size)))


def _looks(read: Callable[[int, int], LogPart], place: int) -> sse.Looks:
    """Bring all that there is behind `place` with each look; the last one says how the run ended."""
    while True:
        messages: list[str] = []
        while lines := (part := read(place, place + PART_BYTES - 1)).whole_lines:
            place += len(lines)
            messages.append(sse.message(lines.decode(errors="replace").removesuffix("\n"), id=str(place)))
        if part.has_ended:
            yield [*messages, sse.message(part.status, id=str(place), event="end")]
            return
        yield messages
