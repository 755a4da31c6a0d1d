"""One process that is everything: scheduler, worker and connector run as threads beside the web.

In memory mode there is no other way; after a hand-over to a server the same process goes on like this.
"""

import atexit
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from runners import connector, scheduler, worker
from runners.engine import lock_file
from runners.engine.errors import ModeRefused
from runners.engine.platform import Platform
from runners.process import LIFE

PAUSE_AFTER_FAULT_SEC = 1.0
LONGEST_END_SEC = 3.0
Part = Callable[[Platform, threading.Event], object]
PARTS: tuple[tuple[str, Part], ...] = (
    ("scheduler", scheduler.main),
    ("worker", worker.main),
    ("connector", connector.run),
)
LOG = structlog.get_logger("runners.alone")


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs beside the web in this process; `stop` asks it to end."""

    stop: threading.Event
    threads: tuple[threading.Thread, ...]

    def end(self, longest_sec: float = LONGEST_END_SEC) -> None:
        """Ask the parts to end, and give them together this long."""
        self.stop.set()
        deadline = time.monotonic() + longest_sec
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))


def start_everything(platform: Platform) -> Parts:
    """Start every part in this process; they are asked to end when it does.

    Raises ModeRefused when another process of this DATA_DIR is everything already: each would see its own jobs.
    """
    _require_alone(platform)
    stop = threading.Event()
    threads = tuple(
        threading.Thread(target=_keep, args=(name, part, platform, stop), name=name, daemon=True)
        for name, part in PARTS
    )
    for thread in threads:
        thread.start()
    parts = Parts(stop, threads)
    LIFE.callback(parts.end)
    atexit.register(LIFE.close)  # for a web server that tells nobody of its end
    return parts


def _require_alone(platform: Platform) -> None:
    """Hold the lock of this DATA_DIR's memory for as long as the process lives; the descriptor stays open."""
    data_dir = platform.settings.data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if lock_file.take(data_dir / "memory.lock") is None:
        raise ModeRefused(
            f"memory mode needs to be alone, and another process works in memory for DATA_DIR '{data_dir}'; "
            "start one web process only, or set REDIS_URL"
        )


def _keep(name: str, part: Part, platform: Platform, stop: threading.Event) -> None:
    """Run one part until it is asked to end; a fault is logged and the part starts again."""
    while not stop.is_set():
        try:
            part(platform, stop)
        except Exception as error:
            LOG.error("part.failed", part=name, exc_info=error)
        stop.wait(PAUSE_AFTER_FAULT_SEC)
