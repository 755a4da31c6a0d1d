"""How far a run is: what a handler may say of it, and how it is read back."""

from __future__ import annotations

import json
from numbers import Integral, Real
from typing import Any

NOTE_KEPT = 200
MOST = 10**15


def as_progress(done: object, total: object, note: object = "") -> dict[str, Any]:
    """Return `done` of `total` with its note, cut to 200 characters. Raises ValueError for what nobody can show."""
    return {
        "done": _number("done", done, 0),
        "total": _number("total", total, 0, above=True),
        "note": str(note)[:NOTE_KEPT].encode(errors="replace").decode(),
    }


def read_progress(text: str | None) -> dict[str, Any] | None:
    """Return what a record says of progress; None when it says nothing, or nothing that can be shown."""
    try:
        found = json.loads(text or "null")
        return as_progress(found["done"], found["total"], found.get("note", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _number(name: str, value: Any, least: int, *, above: bool = False) -> float:
    """Return `value` as JSON has it; NaN is not between any two numbers."""
    is_number = isinstance(value, Real)
    if not is_number or not least <= value <= MOST or (above and value == least):
        raise ValueError(f"progress: {name} {value!r:.40} is not a number {'above' if above else 'from'} {least}")
    return int(value) if isinstance(value, Integral) else float(value)
