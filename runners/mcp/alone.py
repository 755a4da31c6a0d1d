"""What a process that talks to an MCP server does first and last: it adopts whatever the server's program leaves behind, and
ends it before it ends itself.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from types import FrameType

from runners.isolation.keeper import PR_SET_CHILD_SUBREAPER, descendants, send


def settle() -> None:
    """Adopt orphans, leave at SIGTERM, and keep the SDK from logging what servers send."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, _leave)
    logging.disable(logging.CRITICAL)


def end_all() -> None:
    """End everything below; what is stopped first starts nothing more."""
    for _ in range(100):
        below = descendants(os.getpid())
        if not below:
            return
        send(signal.SIGSTOP, below)
        send(signal.SIGKILL, below)
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            continue


def _leave(number: int, frame: FrameType | None) -> None:
    end_all()
    os._exit(1)
