"""Examining the deployment now and then, in a thread of each scheduler; one of them at a time, and at once when somebody asks."""

from __future__ import annotations

import threading
from types import TracebackType

import structlog
from redis.exceptions import RedisError

from runners.doctor.standing import standing
from runners.engine.errors import MultijobError
from runners.engine.platform import Platform
from runners.engine.store import examination
from runners.engine.store.examination import EVERY, Examination, Fault

LOG = structlog.get_logger("runners.examining")
LOOK_SEC = 2.0
TURN_MS = 120_000
"""Longer than a look takes; whoever dies in one leaves its turn to the others."""


class Examining:
    """Examines in a thread of its own while the block runs; `name` is the process that is told to have looked."""

    def __init__(self, platform: Platform, name: str) -> None:
        self.platform, self.name = platform, name
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="examiner")

    def __enter__(self) -> Examining:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=LOOK_SEC)

    def step(self) -> bool:
        """Examine if it is time; True when it was done. Raises RedisError."""
        store = self.platform.store
        if not is_due(examination.load(store), self.platform) or not self._has_turn():
            return False
        began = store.now()
        try:
            found = list(standing(self.platform))
        except MultijobError as error:
            LOG.warning("examination.failed", error=str(error))
            return False
        finally:
            store.redis.delete(store.keys.examiner)
        faults = [Fault(one.about, one.seen) for one in found if not one.well]
        looked = next((one.seen for one in reversed(found) if one.about == "invariants"), "")
        examination.keep(store, self.name, began, looked, faults)
        return True

    def _has_turn(self) -> bool:
        return bool(self.platform.store.redis.set(self.platform.store.keys.examiner, self.name, nx=True, px=TURN_MS))

    def _go_on(self) -> None:
        while not self._over.wait(LOOK_SEC):
            try:
                self.step()
            except RedisError as error:
                LOG.warning("store.away", error=str(error))
            except Exception as error:
                LOG.error("examination.failed", exc_info=error)


def is_due(last: Examination, platform: Platform) -> bool:
    """Say whether somebody has asked, or the last look is too old, or from a clock that was set back since."""
    if last.asked_at or last.at is None:
        return True
    return abs(platform.store.now() - last.at) >= EVERY
