"""What code inside this process prints by itself: known secrets are hidden in it, as they are in log lines.

Handlers that run in the worker share its stdout and stderr; so do libraries, and tracebacks of threads.
"""

from __future__ import annotations

import atexit
import io
import sys
import threading
from typing import TextIO

from runners.engine.known_secrets import KNOWN
from runners.engine.redactor import Redacted


class Printed(io.TextIOBase):
    """A stream in front of `behind`; what may be the beginning of a secret waits for what follows."""

    def __init__(self, behind: TextIO) -> None:
        self._behind = behind
        self._redacted = Redacted()
        self._lock = threading.Lock()

    @property
    def encoding(self) -> str:  # type: ignore[override] # it is a plain attribute in typeshed
        """That of the stream behind."""
        return self._behind.encoding

    def write(self, text: str) -> int:
        """Write what can be shown of `text`."""
        with self._lock:
            self._behind.write(self._redacted.write(KNOWN.redactor, text))
        return len(text)

    def flush(self) -> None:
        """Let out what can be shown."""
        self._behind.flush()

    def end(self) -> None:
        """Let out what still waits: nothing follows."""
        with self._lock:
            self._behind.write(self._redacted.end(KNOWN.redactor))
            self._behind.flush()

    def fileno(self) -> int:
        """That of the stream behind."""
        return self._behind.fileno()

    def isatty(self) -> bool:
        """Say whether the stream behind is a terminal."""
        return self._behind.isatty()

    def writable(self) -> bool:
        """It is there to be written to."""
        return True


def hide_in_prints() -> None:
    """Put such a stream in front of stdout and stderr of this process, once."""
    if isinstance(sys.stdout, Printed):
        return
    for name in ("stdout", "stderr"):
        printed = Printed(getattr(sys, name))
        setattr(sys, name, printed)
        atexit.register(printed.end)
