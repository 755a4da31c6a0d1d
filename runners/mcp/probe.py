"""A try of one MCP server as a program of its own: what is asked comes as JSON on stdin, how it went goes to stdout.

Started as a script by `mcp_trial`. It adopts whatever the server's program leaves behind, and ends it before it ends itself.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parents[2]))  # what started it may be a checkout

from runners.isolation.keeper import PR_SET_CHILD_SUBREAPER, descendants, send


def main() -> None:
    """Try, and say how it went in one line."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, _leave)
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    asked["folder"] = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        import anyio

        from runners.mcp.listing import try_server
    except ImportError as missing:
        said = {"outcome": "not_installed", "detail": str(missing.name)}
    else:
        said = anyio.run(try_server, asked).content()
    _end_all()
    print(json.dumps(said))


def _leave(number: int, frame: FrameType | None) -> None:
    _end_all()
    os._exit(1)


def _end_all() -> None:
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


if __name__ == "__main__":
    main()
