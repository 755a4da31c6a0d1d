"""Which bytes of an answer a request asks for (RFC 9110 §14): one stretch, from the start or from the end."""

from __future__ import annotations

import re

from flask import request

_STRETCH = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.ASCII | re.IGNORECASE)


def asked_bytes() -> tuple[int, int] | None:
    """Return the first and the last byte asked for, both included; negative ones count from the end.

    None asks for all: there is no Range, or one that is ignored (of another method than GET, several stretches, another
    unit, nonsense, or one that depends on a validator, of which we give none).
    """
    found = _STRETCH.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if found is None or request.method != "GET" or "If-Range" in request.headers:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return (-int(suffix), -1) if int(suffix) else (1, 0)
    if not last:
        return int(first), -1
    return (int(first), int(last)) if int(first) <= int(last) else None
