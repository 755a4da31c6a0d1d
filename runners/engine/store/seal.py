"""What one process knows of the audit chain: the keys, the newest entry that it saw, and the time of the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic

from runners.engine import clock
from runners.engine.audit import Head, Key

WAIT_SEC = 1.0


class Seal:
    """Shared by the threads of a process. What it knows may be out of date: the scripts compare it, and tell what is true."""

    def __init__(self, read_keys: Callable[[], tuple[Key, ...]]) -> None:
        """`read_keys` is asked at the first entry, and again while it raises."""
        self._read_keys = read_keys
        self._keys: tuple[Key, ...] = ()
        self._turn = threading.Lock()
        self._began_ms = -monotonic() * 1000
        self.head = Head()

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys, the one to seal with first."""
        self._keys = self._keys or self._read_keys()
        return self._keys

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let the threads of this process write one after another: together they would only spoil each other's heads.

        One that waits too long goes on anyway; the scripts compare.
        """
        held = self._turn.acquire(timeout=WAIT_SEC)
        try:
            yield
        finally:
            if held:
                self._turn.release()

    def learn(self, head: Head, now_ms: int) -> None:
        """Take what the store said: its newest entry and its time."""
        self.head, self._began_ms = head, now_ms - monotonic() * 1000

    def now(self) -> datetime:
        """Return the store's time, as far as this process knows it; the epoch before the store has said anything."""
        return clock.from_ms(int(self._began_ms + monotonic() * 1000))
