"""Where a virtual simulation plays: a platform of its own in the memory of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

from runners.engine import settings
from runners.engine.platform import Platform
from runners.memory import open_memory

START = datetime(2026, 1, 5, tzinfo=UTC)
"""When every simulation begins: a fixed Monday, so that equal ones are equal to the last letter."""
SECRET = "a virtual platform ends with its simulation"
LONGEST_LEASE_SEC = 3600
"""No virtual worker dies, so no run is ever taken from one."""


class VirtualClock:
    """A clock that stands still until it is moved."""

    at = START

    def __call__(self) -> datetime:
        """Return the time as the store's clock would."""
        return self.at


@contextmanager
def virtual_platform(clock: VirtualClock) -> Iterator[Platform]:
    """A platform on this clock, with a folder of its own, which is gone afterwards.

    In memory a script costs its own text and no way to a server and back: what plays alone waits for each of them.
    """
    with TemporaryDirectory(prefix="mj-") as name:
        said = {"SECRET_KEY": SECRET, "DATA_DIR": name, "RUN_LEASE_SEC": str(LONGEST_LEASE_SEC), "QUEUE_MODE": "memory"}
        opened = open_memory(settings.read(said))
        yield replace(opened, store=replace(opened.store, clock=clock))
