"""Answers that are dear, and the same for everybody: one process asks for each once in a while, however many look."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from flask import current_app, g

from webapp.pages.reading import read

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Remembered:
    """The newest answer of each operation, and when it was given on this process's monotonic clock."""

    answers: dict[str, tuple[float, Any]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


def read_seldom(seconds: float, operation: Callable[..., Answer]) -> Answer:
    """Return what `operation` answered within the last `seconds`, or ask it: for what every viewer may see.

    Who comes while somebody else asks waits for that answer. One that is stale, because the store is away, is not kept.
    """
    kept: Remembered = current_app.extensions.setdefault("remembered", Remembered())
    with kept.lock:
        given_at, answer = kept.answers.get(operation.__name__, (0.0, None))
        if given_at and time.monotonic() - given_at < seconds:
            found: Answer = answer
            return found
        fresh = read(operation)
        if not g.get("stale_at"):
            kept.answers[operation.__name__] = time.monotonic(), fresh
        return fresh
