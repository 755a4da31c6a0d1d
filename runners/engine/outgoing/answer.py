"""Reading the body of an answer that somebody else wrote: never more of it than can be kept."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import httpx

READ_BYTES = 1024 * 1024
KEPT_BYTES = 48 * 1024  # stays under the 64 KiB of JSON that a run's output may have


def read_raw(answer: httpx.Response, most: int = READ_BYTES) -> bytes:
    """Read at most `most` bytes as they came, and one more when there are more: what is compressed unfolds without a bound."""
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > most:
            break
    return bytes(body[: most + 1])


def unpacked(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """Unfold gzip that came although `identity` was asked for, up to one byte more than is kept."""
    if headers.get("content-encoding", "").lower() not in ("gzip", "x-gzip", "deflate"):
        return raw
    try:
        return zlib.decompressobj(wbits=47).decompress(raw, KEPT_BYTES + 1)
    except zlib.error:
        return raw


def as_text(body: bytes, charset: str) -> str:
    """Decode whatever came; the way through UTF-8 takes out lone surrogates."""
    try:
        text = body.decode(charset, "replace")
    except (LookupError, UnicodeError):
        text = body.decode("utf-8", "replace")
    return text.encode("utf-8", "replace").decode()
