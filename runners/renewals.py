"""The worker's two clocks: one renews leases and brings cancel requests, the other ends what is out of time or no longer ours.

They are apart because the first speaks to the store, which may take seconds to say that it is away.
"""

import time

from runners.engine.handler import Cancelled
from runners.engine.protocol.work import renew
from runners.engine.settings import Settings
from runners.execution import LeaseLost
from runners.isolation.warm import NURSERY
from runners.repeating import Repeating
from runners.slots import Slots
from runners.upkeep import Upkeep

CANCEL_SEC = 1.0
"""Longest wait until a cancel request is heard of, so that there is time for force within five seconds."""
WATCH_SEC = 0.25
STOP_SEC = 2.5
"""What a handler gets to stop before its lease ends, where the lease is long enough for that."""


def renewal_sec(settings: Settings) -> float:
    """Return the seconds between two renewals."""
    return min(settings.lease.total_seconds() / 3, settings.reaper_tick.total_seconds() / 2, CANCEL_SEC)


class Renewals(Repeating):
    """Renews the worker's leases, brings cancel requests, and stops what the store says is no longer ours."""

    def __init__(self, slots: Slots) -> None:
        super().__init__("renewals")
        self.slots = slots
        self.platform = slots.platform
        self.every_sec = renewal_sec(slots.platform.settings)
        self.upkeep = Upkeep(slots.platform)

    def step(self) -> None:
        """Renew once, and do the schedulers' work where there is none, so that nothing is stuck. Raises RedisError."""
        self._renew()
        if self.upkeep.unattended():
            self.upkeep.step()

    def _renew(self) -> None:
        held = self.slots.executions()
        if not held:
            return
        asked_at = time.monotonic()
        words = renew(self.platform.store, self.platform.settings.lease, [one.claim for one in held])
        for execution, word in zip(held, words, strict=True):
            if word != "lost":
                execution.leased(asked_at)
            if word != "ok":
                execution.stop(Cancelled if word == "cancel" else LeaseLost)


class Watch(Repeating):
    """Ends overdue runs, stops runs before their leases end, and ends processes that idle. It never speaks to the store."""

    def __init__(self, slots: Slots) -> None:
        super().__init__("watch")
        self.slots = slots
        lease_sec = slots.platform.settings.lease.total_seconds()
        self.margin_sec = min(STOP_SEC, lease_sec / 8)
        self.every_sec = min(WATCH_SEC, lease_sec / 10)

    def step(self) -> None:
        """Look once at what is held, and at the processes that nobody needs."""
        self.slots.overdue()
        self._defend()
        NURSERY.tend()

    def _defend(self) -> None:
        """Stop runs whose leases could not be renewed: when one has ended, another worker may start its run."""
        for execution in self.slots.executions():
            if execution.lease_ends_at - time.monotonic() < self.margin_sec:
                execution.stop(LeaseLost)
