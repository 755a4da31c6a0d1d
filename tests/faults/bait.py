"""A function that a stranger might name as a callback: it leaves a trace."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_touched = threading.Event()


def touch(*_: object) -> None:
    """Make the file that BAIT names, and set the event of `touched`."""
    _touched.set()
    if "BAIT" in os.environ:
        Path(os.environ["BAIT"]).touch()


@contextmanager
def touched() -> Iterator[threading.Event]:
    """Yield an event that says whether this process touched the bait since."""
    _touched.clear()
    yield _touched
