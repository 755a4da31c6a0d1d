"""Events as JSON; contract §5."""

from typing import Any

from runners.engine.operations import Event
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class EventRow(Shape):
    """One thing that happened. Ids rise with time."""

    id: str
    type: str
    timestamp: Stamp
    data: dict[str, Any]


def event_row(event: Event) -> EventRow:
    """Return `event` for the wire."""
    return {"id": event.id, "type": event.type, "timestamp": stamp(event.timestamp), "data": event.data}
