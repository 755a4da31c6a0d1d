"""One process that is everything: memory mode runs scheduler, worker and connector as threads beside the web."""

import atexit
import fcntl
import logging
import os
import threading
from collections.abc import Callable

from runners import connector, scheduler, worker
from runners.engine.errors import ModeRefused
from runners.engine.platform import Platform

PAUSE_AFTER_FAULT_SEC = 1.0
LONGEST_END_SEC = 3.0
Part = Callable[[Platform, threading.Event], object]
PARTS: tuple[tuple[str, Part], ...] = (
    ("scheduler", scheduler.main),
    ("worker", worker.main),
    ("connector", connector.run),
)
log = logging.getLogger(__name__)


def start_everything(platform: Platform) -> None:
    """Start every part in this process; they are asked to end when it does.

    Raises ModeRefused when another process of this DATA_DIR works in memory already: each would see its own jobs.
    """
    _require_alone(platform)
    stop = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(name, part, platform, stop), name=name, daemon=True)
        for name, part in PARTS
    ]
    for thread in threads:
        thread.start()
    atexit.register(_end, stop, threads)


def _require_alone(platform: Platform) -> None:
    """Hold the lock of this DATA_DIR's memory for as long as the process lives; the descriptor stays open."""
    data_dir = platform.settings.data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data_dir / "memory.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ModeRefused(
            f"memory mode needs to be alone, and another process works in memory for DATA_DIR '{data_dir}'; "
            "start one web process only, or set REDIS_URL"
        ) from None


def _keep(name: str, part: Part, platform: Platform, stop: threading.Event) -> None:
    """Run one part until it is asked to end; a fault is logged and the part starts again."""
    while not stop.is_set():
        try:
            part(platform, stop)
        except Exception:
            log.exception("memory.part_failed part=%s", name)
        stop.wait(PAUSE_AFTER_FAULT_SEC)


def _end(stop: threading.Event, threads: list[threading.Thread]) -> None:
    """Ask the parts to end and give them a moment."""
    stop.set()
    for thread in threads:
        thread.join(LONGEST_END_SEC)
