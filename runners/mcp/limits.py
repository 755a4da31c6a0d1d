"""How much an MCP server may send in answer to one request, and what is kept of it."""

from __future__ import annotations

LARGEST_MESSAGE = 4 * 1024 * 1024
MOST_BYTES = 16 * 1024 * 1024
MOST_PAGES = 20
MOST_TOOLS = 500
KEPT_TOOLS_BYTES = 24 * 1024
"""Of names and descriptions together; what is beyond is counted."""
NAME_SHOWN = 128
DESCRIPTION_SHOWN = 200
DESCRIPTION_TOLD = 1000
SCHEMA_TOLD_BYTES = 8 * 1024
"""Of the JSON schema of one tool's arguments; a tool with a longer one cannot be called."""
TOLD_TOOLS_BYTES = 256 * 1024
"""Of all tools of one server together."""
RESULT_KEPT_BYTES = 24 * 1024
"""Of what a tool answers."""
STDERR_TOLD = 64 * 1024
"""Characters of what a server's program says on stderr in one session."""


class TooMuch(Exception):
    """The server sent more than is read."""


class Allowance:
    """Counts what came; raises TooMuch when it is more than `MOST_BYTES` since it was renewed."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def renew(self) -> None:
        """Begin anew: the next request is made."""
        self._left = MOST_BYTES

    def take(self, count: int) -> None:
        """Count `count` more bytes."""
        self._left -= count
        if self._left < 0:
            raise TooMuch(f"it sent more than {MOST_BYTES // 1024 // 1024} MiB")
