"""Telling of every run that ends, whichever process ended it: a thread of each scheduler, one of them at a time.

It reads the event log behind everybody else, so that no run waits for it; where it has come to stands in the store. A run may
be told twice, and is one trace all the same.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any
from uuid import uuid4

from runners.engine.events import EventType
from runners.engine.platform import Platform
from runners.engine.store import events
from runners.engine.store.event_log import Event, EventFilter
from runners.engine.store.runs import load_runs
from runners.engine.store.turns import has_turn
from runners.engine.tracing.span import of_run
from runners.repeating import Repeating

TURN_MS = 5_000
ENDS = {EventType.RUN_COMPLETED, EventType.RUN_FAILED, EventType.RUN_CANCELLED}
OF_ONE_LOOK = 500


def tracing(platform: Platform) -> AbstractContextManager[object]:
    """Return what tells of runs while its block runs; nothing when no endpoint is set."""
    return Tracing(platform) if platform.settings.otlp_endpoint else nullcontext()


class Tracing(Repeating):
    """Follows the event log in a thread of its own while the block runs."""

    patience = 3.0

    def __init__(self, platform: Platform) -> None:
        """Begin with what ends from now on, where nobody has told of any run yet. Raises RedisError."""
        from runners.engine.tracing.exporting import Exporting, collector

        super().__init__("tracing")
        self._store = platform.store
        self._exporting = Exporting(collector(platform.settings), "scheduler")
        self._name = uuid4().hex
        self._began = events.last_id(platform.store)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._exporting.end()

    def step(self) -> None:
        """Tell of the runs that have ended, if it is this process's turn. Raises RedisError."""
        while has_turn(self._store, self._store.keys.tracer, self._name, TURN_MS) and self._look():
            pass

    def _look(self) -> bool:
        """Tell of the next ones; True when there may be more."""
        redis, key = self._store.redis, self._store.keys.traced_until
        until: Any = redis.get(key) or self._began
        found = events.tail(self._store, until, EventFilter(event_type="run.*"), limit=OF_ONE_LOOK)
        self._tell(found.events)
        redis.set(key, found.after_id)
        return bool(found.after_id != until)

    def _tell(self, found: tuple[Event, ...]) -> None:
        ended = dict.fromkeys(str(event.data["run_id"]) for event in found if event.type in ENDS)
        for run in load_runs(self._store, ended).values():
            if run.finished_at:
                self._exporting.tell(of_run(run))
