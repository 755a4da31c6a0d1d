"""Where a virtual simulation plays: a platform of its own on a server of its own, or in memory where this machine has none."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from runners.engine import embedded, settings
from runners.engine.platform import Platform, open_platform
from runners.memory import open_memory

START = datetime(2026, 1, 5, tzinfo=UTC)
"""When every simulation begins: a fixed Monday, so that equal ones are equal to the last letter."""
SECRET = "a virtual platform ends with its simulation"
LONGEST_LEASE_SEC = 3600
"""No virtual worker dies, so no run is ever taken from one."""
END_SEC = 10


class VirtualClock:
    """A clock that stands still until it is moved."""

    at = START

    def __call__(self) -> datetime:
        """Return the time as the store's clock would."""
        return self.at


@contextmanager
def virtual_platform(clock: VirtualClock) -> Iterator[Platform]:
    """A platform on this clock, in a folder of its own; both are gone afterwards.

    In memory the same scripts run, twenty times as slowly: a server is started where there is one.
    """
    with TemporaryDirectory(prefix="mj-") as name:
        said = {"SECRET_KEY": SECRET, "DATA_DIR": name, "RUN_LEASE_SEC": str(LONGEST_LEASE_SEC)}
        binary = embedded.find_binary()
        if binary is None:
            opened = open_memory(settings.read(said | {"QUEUE_MODE": "memory"}))
            yield replace(opened, store=replace(opened.store, clock=clock))
            return
        with _server(binary, Path(name)) as url:
            opened = open_platform(settings.read(said | {"REDIS_URL": url}))
            try:
                yield replace(opened, store=replace(opened.store, clock=clock))
            finally:
                opened.store.redis.connection_pool.disconnect()
                opened.store.rq_redis.connection_pool.disconnect()


@contextmanager
def _server(binary: str, folder: Path) -> Iterator[str]:
    """Run a server that writes nothing to the disk, and end it; gives its URL."""
    words = [*embedded.command(binary, folder), "--appendonly", "no"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield embedded.wait_until_it_answers(folder, process)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_SEC)
            process.kill()
