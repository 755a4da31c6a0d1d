"""Waiting on a condition: the one place where a test lets time pass."""

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
_pause = threading.Event()


def wait_until(condition: Callable[[], Answer], timeout: float = 10.0, every: float = 0.02) -> Answer:
    """Return the condition's first true answer; fail when it has none within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing true from {condition!r} within {timeout} s; the last answer was {answer!r}")
        _pause.wait(every)


def allowed(seconds: float) -> float:
    """Return how long this machine, as busy as it is, may take for what takes `seconds` on one that does nothing else."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
