"""A text made fit for one message. Pure."""

from __future__ import annotations

import unicodedata

MARK = "…"
UNSEEN = "\ufffd"
KEPT = "\n\t\u200c\u200d"
"""Lines, columns, and what keeps letters and pictures apart or together."""
HIDDEN = ("Cc", "Cf", "Cs")
"""The categories of control and format characters, and of halves of characters."""


def fit(text: str, longest: int, link: str = "") -> str:
    """Return `text`, shortened to `longest` UTF-16 units with a mark at its end, and there `link`, '' for none."""
    if _units(text) <= longest:
        return text
    end = f"{MARK}\n{link}" if link else MARK
    kept = text.encode("utf-16-le", "replace")[: 2 * (longest - _units(end))]
    return kept.decode("utf-16-le", "ignore") + end


def plain(text: str) -> str:
    """Return `text` with a mark in the place of each character that nobody sees, or that turns the others around."""
    return "".join(char if char in KEPT or unicodedata.category(char) not in HIDDEN else UNSEEN for char in text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2
