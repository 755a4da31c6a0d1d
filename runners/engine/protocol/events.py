"""Typed call of event: writing what happens outside of the other scripts, with the one Lua function for all events."""

import json
from collections.abc import Mapping
from typing import Any

from runners.engine.events import EventType
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store


def append(
    store: Store,
    kind: EventType,
    data: Mapping[str, Any] | None = None,
    *,
    job_id: str | None = None,
    run_id: str | None = None,
) -> str:
    """Write one event and return its id; ids rise, whatever the clock does."""
    return str(call(store, "event", kind, job_id or "", run_id or "", json.dumps(data or {}, separators=(",", ":"))))
