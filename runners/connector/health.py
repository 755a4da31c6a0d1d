"""How an account does, as its own calls show it. Pure: a value, and what a success or a fault makes of it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from runners.engine.store.connectors import ConnectorStatus

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Health:
    """`failures` counts the faults since the last success; `reconnects` counts all, each of which meant a new try."""

    status: ConnectorStatus = ConnectorStatus.OFFLINE
    last_error: str | None = None
    failures: int = 0
    reconnects: int = 0

    def reached(self) -> "Health":
        """Return the health after a call that worked."""
        return replace(self, status=ConnectorStatus.ONLINE, last_error=None, failures=0)

    def failed(self, error: str) -> "Health":
        """Return the health after a call that did not."""
        return Health(ConnectorStatus.DEGRADED, error, self.failures + 1, self.reconnects + 1)

    def stopped(self, error: str | None = None) -> "Health":
        """Return the health of an account that nobody serves any more, or none can."""
        return replace(self, status=ConnectorStatus.OFFLINE, last_error=error)

    @property
    def wait(self) -> timedelta:
        """How long to wait before the next try: doubling from a second to a minute."""
        return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self.failures - 1, 10)) if self.failures else timedelta()
