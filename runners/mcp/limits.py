"""How much an MCP server may send in one try, and what is kept of it."""

from __future__ import annotations

LARGEST_MESSAGE = 4 * 1024 * 1024
MOST_BYTES = 16 * 1024 * 1024
MOST_PAGES = 20
MOST_TOOLS = 500
KEPT_TOOLS_BYTES = 24 * 1024
"""Of names and descriptions together; what is beyond is counted."""
NAME_SHOWN = 128
DESCRIPTION_SHOWN = 200


class TooMuch(Exception):
    """The server sent more than is read."""


class Allowance:
    """Counts what came; raises TooMuch when it is more than `MOST_BYTES`."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def take(self, count: int) -> None:
        """Count `count` more bytes."""
        self._left -= count
        if self._left < 0:
            raise TooMuch(f"it sent more than {MOST_BYTES // 1024 // 1024} MiB")
