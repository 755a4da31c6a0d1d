"""The connection of one answer: a client that does not take what it asked for loses it, and gives back the thread."""

from __future__ import annotations

import errno
import time
from typing import Any

PIECE_BYTES = 64 * 1024
PIECE_SEC = 10.0
"""How long a client may take for one piece; 10 s for the whole, and one more for each piece in it, is all it gets."""


class Sending:
    """A socket whose answers must be taken: everything else is the socket's own."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, answer: Any) -> None:
        """Send all of it. Raises ConnectionResetError when the client is too slow."""
        view = memoryview(answer)
        end = time.monotonic() + PIECE_SEC + len(view) / PIECE_BYTES
        for start in range(0, len(view), PIECE_BYTES):
            self._send(lambda piece=view[start : start + PIECE_BYTES]: self._sock.sendall(piece), end)

    def sendfile(self, *arguments: Any, **named: Any) -> None:
        """Send a file, each part of it within the time of a piece. Raises as `sendall` does."""
        self._send(lambda: self._sock.sendfile(*arguments, **named), time.monotonic() + PIECE_SEC)

    def _send(self, send: Any, end: float) -> None:
        before = self._sock.gettimeout()
        # 0 would mean: do not wait at all
        self._sock.settimeout(max(0.001, min(PIECE_SEC, end - time.monotonic())))
        try:
            send()
        except TimeoutError:
            # as if it had hung up: nobody is there to be told
            raise ConnectionResetError(errno.ECONNRESET, "the client does not take its answer") from None
        finally:
            self._sock.settimeout(before)
