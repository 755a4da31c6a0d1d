"""A session with one MCP server as a program of its own: a line of JSON for each request on stdin, one for its answer on stdout.

Started as a script by `mcp_session`, which says what the lines hold. The session ends with stdin, or with the server's.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # what started it may be a checkout

from runners.mcp.alone import end_all, settle


def main() -> None:
    """Connect to the server that the first line describes, and answer until there is nothing more to answer."""
    settle()
    asked = json.loads(sys.stdin.buffer.readline())
    asked["folder"] = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        import anyio

        from runners.mcp.calling import converse
    except ImportError as missing:
        print(json.dumps({"outcome": "not_installed", "text": str(missing.name)}), flush=True)
    else:
        anyio.run(converse, asked)
    end_all()


if __name__ == "__main__":
    main()
