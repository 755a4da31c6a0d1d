"""How many requests one token may make, whichever web process answers.

The store counts for all processes; each takes a tenth of a second's worth at a time, so that at the usual limit one request
in ten costs a round trip, and next to nothing lies unused with a process. Who has had all is refused here until his wait is
over. While the store cannot count, each process counts for itself.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass

from redis.exceptions import RedisError

from runners.engine.clock import SECOND
from runners.engine.errors import TooMany
from runners.engine.protocol.spending import Pace, spend
from runners.engine.store.connection import Store
from webapp.newest import Newest

REMEMBERED = 10_000
ALONE_SEC = 5.0
"""For so long a process counts for itself, once the store could not."""
SHARE_LIVES_SEC = 10.0
"""A share that nobody has used by then is void."""


@dataclass(slots=True)
class Caller:
    """What this process knows of one caller, all on its monotonic clock.

    `left` requests may be made until `until`, none before `waits_until`; `spent` is where his own count here stands.
    """

    left: int = 0
    until: float = 0.0
    waits_until: float = 0.0
    spent: float = 0.0


class RequestLimit:
    """Evenly `per_minute` for each caller, a sixth of them at once; safe to be shared by threads."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute` 0 is no limit."""
        self._pace = Pace.of(per_minute) if per_minute else None
        self._lock = threading.Lock()
        self._callers: Newest[str, Caller] = Newest(REMEMBERED)
        self._alone_until = 0.0

    def count(self, store: Store, name: str) -> None:
        """Count one request. Raises TooMany when the caller has asked for too much."""
        if self._pace is None:
            return
        with self._lock:
            known, now = self._known(name), time.monotonic()
            _refuse(known.waits_until - now)
            if known.left and now < known.until:
                known.left -= 1
                return
            alone = now < self._alone_until
        if alone or not self._counted(store, name, self._pace):
            self._count_alone(name, self._pace)

    def _counted(self, store: Store, name: str, pace: Pace) -> bool:
        """Take a share, and this request out of it; False when the store cannot count."""
        try:
            found = spend(store, name, pace)
        except RedisError:
            self._alone_until = time.monotonic() + ALONE_SEC
            return False
        with self._lock:
            known, now = self._known(name), time.monotonic()
            if found.taken:
                fresh = known.left if now < known.until else 0
                known.left, known.until = fresh + found.taken - 1, now + SHARE_LIVES_SEC
            else:
                known.waits_until = now + found.wait / SECOND
                _refuse(found.wait / SECOND)
        return True

    def _count_alone(self, name: str, pace: Pace) -> None:
        step, room = pace.step_us / 1e6, pace.room_us / 1e6
        with self._lock:
            known, now = self._known(name), time.monotonic()
            after = max(known.spent, now) + step
            _refuse(after - now - room)
            known.spent = after

    def _known(self, name: str) -> Caller:
        known = self._callers[name] = self._callers.get(name) or Caller()
        return known


def _refuse(wait_sec: float) -> None:
    """Raise TooMany when there is anything to wait for."""
    if wait_sec > 0:
        raise TooMany("too many requests; API_LIMIT_PER_MIN allows fewer", math.ceil(wait_sec))
