"""A try of one MCP server as a program of its own: what is asked comes as JSON on stdin, how it went goes to stdout.

Started as a script by `mcp_trial`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # what started it may be a checkout

from runners.mcp.alone import end_all, settle


def main() -> None:
    """Try, and say how it went in one line."""
    settle()
    asked = json.load(sys.stdin)
    asked["folder"] = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        import anyio

        from runners.mcp.listing import try_server
    except ImportError as missing:
        said = {"outcome": "not_installed", "detail": str(missing.name)}
    else:
        said = anyio.run(try_server, asked).content()
    end_all()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
