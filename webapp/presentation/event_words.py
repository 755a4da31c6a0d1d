"""An event for people: its shape, and what it says in a line of words with links left to the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runners.engine import clock
from runners.engine.operations import Event
from webapp.presentation.times import duration, stamp

LINKED = ("job_id", "run_id")
"""Fields that have columns of their own."""
SHORT = 120
SHAPES = (
    (("failed", "lost", "refused", "rejected", "crashed"), "failed"),
    (("completed", "approved", "resumed", "released", "sent", "cooldown_ended"), "success"),
    (("dispatch_skipped", "cooldown_started", "pressure_mode_enabled", "capped"), "held"),
    (("paused", "draining"), "paused"),
    (("retry_scheduled",), "retrying"),
    (("requested", "request_created", "reminder", "counted"), "waiting"),
    (("missed",), "missed"),
    (("started",), "running"),
    (("queued",), "queued"),
    (("cancelled", "stopped", "deleted", "disabled", "expired", "void", "revoked", "undone"), "cancelled"),
)
"""Which shape of a state an event has, by words of its type; the first that fits."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of an event's data; `text` is short, `whole` is its JSON where that is more than the text."""

    name: str
    text: str
    whole: str


MOMENTS_FROM_MS = 10**11
"""A number of milliseconds from which it is a moment, and no length of time."""


def event_shape(type: str) -> str:
    """Return the shape of an event's type, 'idle' for what only tells."""
    verb = type.partition(".")[2]
    return next((shape for words, shape in SHAPES if any(word in verb for word in words)), "idle")


def event_facts(event: Event) -> list[Fact]:
    """Return what the event says beside its job and run, in the order of its data."""
    return [_fact(name, value) for name, value in event.data.items() if name not in LINKED and value not in (None, "")]


def linked(event: Event, name: str) -> str:
    """Return the job or run that the event is about, '' for none or for what is no id."""
    value = event.data.get(name, "")
    return value if isinstance(value, str) else ""


def _fact(name: str, value: Any) -> Fact:
    if (said := _measured(name, value)) is not None:
        return said
    text = _text(value)
    line = " ".join(text.split())
    nested = isinstance(value, (Mapping, list)) and len(text) > SHORT
    whole = json.dumps(value, indent=2, ensure_ascii=False) if nested else text
    return Fact(name, line if len(line) <= SHORT else line[:SHORT] + "…", whole if len(line) > SHORT else "")


def _text(value: Any) -> str:
    """Return text and a list of texts as people write them, anything else as JSON."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _measured(name: str, value: Any) -> Fact | None:
    """Return a number of milliseconds as a time or a length, and an attempt as people count it; None for all else."""
    if type(value) is not int:
        return None
    if name == "attempt":
        return Fact(name, str(value + 1), "")
    if not name.endswith("_ms") or value >= 10**14:
        return None
    is_moment = value >= MOMENTS_FROM_MS
    said = stamp(clock.from_ms(value)) if is_moment else duration(timedelta(milliseconds=value))
    return Fact(name.removesuffix("_ms"), said, "")
