"""Examining the deployment now and then, in a thread of each scheduler; one of them at a time, and at once when somebody asks."""

from __future__ import annotations

import structlog

from runners.doctor.standing import standing
from runners.engine.errors import MultijobError
from runners.engine.platform import Platform
from runners.engine.store import examination
from runners.engine.store.examination import EVERY, Examination, Fault
from runners.repeating import Repeating

LOG = structlog.get_logger("runners.examining")
LOOK_SEC = 2.0
TURN_MS = 120_000
"""Longer than a look takes; whoever dies in one leaves its turn to the others."""


class Examining(Repeating):
    """Examines in a thread of its own while the block runs; `process` is who is told to have looked."""

    every_sec = LOOK_SEC

    def __init__(self, platform: Platform, process: str) -> None:
        super().__init__("examination")
        self.platform, self.process = platform, process

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
        examination.keep(store, self.process, began, looked, faults)
        return True

    def _has_turn(self) -> bool:
        return bool(self.platform.store.redis.set(self.platform.store.keys.examiner, self.process, nx=True, px=TURN_MS))


def is_due(last: Examination, platform: Platform) -> bool:
    """Say whether somebody has asked, or the last look is too old, or from a clock that was set back since."""
    if last.asked_at or last.at is None:
        return True
    return abs(platform.store.now() - last.at) >= EVERY
