"""How a secret may be spelled in what a program writes: as it is, and in the encodings that programs put it into. Pure."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters of the shortest text that is looked for: a shorter one stands in too many words by chance."""
PIECE = 64
LONGEST_WHOLE = 2 * PIECE
"""A longer secret is looked for in pieces, so that little has to be kept waiting for its end."""


def spellings(secret: str) -> set[str]:
    """Return every spelling of `secret` that is looked for, without line breaks.

    A secret of several lines counts line by line; of one shorter than `SHORTEST` there are none.
    """
    found = {spelled for part in _parts(secret) for spelled in _spelled(part)}
    return {text for text in found if len(text) >= SHORTEST}


def _parts(secret: str) -> Iterator[str]:
    for line in {secret.strip(), *(line.strip() for line in secret.splitlines())}:
        if line.startswith("-----") or len(line) < SHORTEST or "\n" in line or "\r" in line:
            continue  # the frame of a key is no secret
        if len(line) <= LONGEST_WHOLE:
            yield line
            continue
        yield line[-PIECE:]
        yield from (line[start : start + PIECE] for start in range(0, len(line) - PIECE, PIECE))


def _spelled(part: str) -> Iterator[str]:
    yield part
    yield html.escape(part)
    for encoded in (quote(part, safe=""), quote(part), quote_plus(part)):
        yield encoded
        yield encoded.lower() if "%" in encoded else encoded
    for ascii_only in (True, False):
        once = json.dumps(part, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]
    yield repr(part)[1:-1]
    raw = part.encode("utf-8", "surrogatepass")
    yield repr(raw)[2:-1]
    yield raw.hex()
    yield raw.hex().upper()
    yield from _base64(raw)


def _base64(raw: bytes) -> Iterator[str]:
    """Yield what base64 makes of `raw` wherever it begins, as in `user:secret`: what depends on its neighbours is left out."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw).decode()
        uncertain_end = 0 if (before + len(raw)) % 3 == 0 else 1
        kept = text.rstrip("=")
        kept = kept[(0, 2, 3)[before] : len(kept) - uncertain_end]
        yield kept
        yield kept.translate(str.maketrans("+/", "-_"))
