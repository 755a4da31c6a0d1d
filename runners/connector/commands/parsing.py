"""From what somebody writes to a command. Pure."""

from __future__ import annotations

from runners.connector.reply import Command

LONGEST = 8192
"""Characters: more than any channel lets people write, and than any command takes."""


def legible(text: str) -> str:
    """Return `text` as it may be kept: cut, and without halves of characters, which no store takes."""
    return text[:LONGEST].encode(errors="replace").decode()


def parse(text: str) -> Command | None:
    """Return the command that `text` begins with, None when it is none. The name of this bot after @ is passed over.

    All that stands behind it is its argument, on one line.
    """
    word, *rest = text.split() or [""]
    name = word.partition("@")[0]
    return Command(name[1:].lower(), " ".join(rest)) if name.startswith("/") and len(name) > 1 else None
