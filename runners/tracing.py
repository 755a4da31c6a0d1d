"""Telling of every run that ends, whichever process ended it: a thread of each scheduler, one of them at a time.

It reads the event log behind everybody else, so that no run waits for it; where it has come to stands in the store. A run may
be told twice, and is one trace all the same.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from runners.engine.events import EventType
from runners.engine.platform import Platform
from runners.engine.store import events
from runners.engine.store.event_log import Event, EventFilter
from runners.engine.store.runs import load_runs
from runners.engine.tracing.span import of_run

LOG = structlog.get_logger("runners.tracing")
EVERY_SEC = 1.0
TURN_MS = 5_000
ENDS = {EventType.RUN_COMPLETED, EventType.RUN_FAILED, EventType.RUN_CANCELLED}
OF_ONE_LOOK = 500


def tracing(platform: Platform) -> AbstractContextManager[object]:
    """Return what tells of runs while its block runs; nothing when no endpoint is set."""
    return Tracing(platform) if platform.settings.otlp_endpoint else nullcontext()


class Tracing:
    """Follows the event log in a thread of its own while the block runs."""

    def __init__(self, platform: Platform) -> None:
        from runners.engine.tracing.exporting import Exporting, collector

        self._store = platform.store
        self._exporting = Exporting(collector(platform.settings), "scheduler")
        self._name = uuid4().hex
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True, name="tracer")

    def __enter__(self) -> Tracing:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=EVERY_SEC * 3)
        self._exporting.end()

    def step(self) -> bool:
        """Tell of the next runs that ended, if it is this process's turn; True when there may be more. Raises RedisError."""
        if not self._has_turn():
            return False
        redis, key = self._store.redis, self._store.keys.traced_until
        until: Any = redis.get(key)
        if until is None:  # what ended before anybody wanted traces is not told
            redis.set(key, events.last_id(self._store))
            return False
        found = events.tail(self._store, until, EventFilter(event_type="run.*"), limit=OF_ONE_LOOK)
        self._tell(found.events)
        redis.set(key, found.after_id)
        return found.after_id != until

    def _tell(self, found: tuple[Event, ...]) -> None:
        ended = dict.fromkeys(str(event.data["run_id"]) for event in found if event.type in ENDS)
        for run in load_runs(self._store, ended).values():
            if run.finished_at:
                self._exporting.tell(of_run(run))

    def _has_turn(self) -> bool:
        redis, key = self._store.redis, self._store.keys.tracer
        if redis.set(key, self._name, nx=True, px=TURN_MS):
            return True
        if redis.get(key) != self._name:
            return False
        redis.pexpire(key, TURN_MS)
        return True

    def _follow(self) -> None:
        while not self._over.is_set():
            try:
                more = self.step()
            except RedisError as error:
                LOG.warning("store.away", error=str(error))
                more = False
            except Exception as error:
                LOG.error("tracing.failed", exc_info=error)
                more = False
            self._over.wait(0 if more else EVERY_SEC)
