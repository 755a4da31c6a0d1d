"""The gate before every change that a request asks this process for: open, until the process hands over."""

from __future__ import annotations

import threading

from runners.engine.errors import StoreAway


class Gate:
    """Counts the changes that are being made; once closed it lets no further one in. Shared by threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._reason = ""

    def enter(self) -> None:
        """Begin a change; `leave` follows. Raises StoreAway once the gate is closed."""
        with self._changed:
            if self._reason:
                raise StoreAway(self._reason)
            self._inside += 1

    def leave(self) -> None:
        """End a change."""
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def close(self, reason: str, patience_sec: float) -> bool:
        """Let nothing in any more, saying why, and wait for what is inside; False when it takes too long."""
        with self._changed:
            self._reason = reason
            return self._changed.wait_for(lambda: not self._inside, patience_sec)
