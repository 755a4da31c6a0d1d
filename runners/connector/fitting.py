"""A text made to fit into one message. Pure."""

from __future__ import annotations

MARK = "…"


def fit(text: str, longest: int, link: str = "") -> str:
    """Return `text`, shortened to `longest` UTF-16 units with a mark at its end, and there `link`, '' for none."""
    if _units(text) <= longest:
        return text
    end = f"{MARK}\n{link}" if link else MARK
    kept = text.encode("utf-16-le", "replace")[: 2 * (longest - _units(end))]
    return kept.decode("utf-16-le", "ignore") + end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2
