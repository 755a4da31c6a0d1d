"""How the asking in a chat goes on, as the events of its channel tell it."""

from __future__ import annotations

from enum import StrEnum

from runners.engine.events import EventType


class Step(StrEnum):
    """One of them."""

    RECEIVED = "received"
    PLANNED = "planned"
    EXECUTED = "executed"
    REJECTED = "rejected"
    FAILED = "failed"


def event_of(channel: str, step: Step) -> EventType:
    """Return the event that tells of it."""
    return EventType(f"{channel}.command.{step}")
