"""Text as whoever decides on it has to see it: nothing in it hides, and nothing turns the rest around. Pure."""

from __future__ import annotations

import re

PLAIN = re.compile(r"[^ -~\n\t]")


def visible(text: str) -> str:
    r"""Return `text` with each character that shows nothing, or orders others anew, as JSON escapes it (`\u202e`)."""
    return PLAIN.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    character = found[0]
    if character.isprintable():
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
