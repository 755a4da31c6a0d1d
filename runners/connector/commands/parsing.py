"""From what somebody writes to a command. Pure."""

from __future__ import annotations

from runners.connector.reply import Command


def parse(text: str) -> Command | None:
    """Return the command that `text` begins with, None when it is none. The name of this bot after @ is passed over.

    All that stands behind it is its argument, on one line.
    """
    word, *rest = text.split() or [""]
    name = word.partition("@")[0]
    return Command(name[1:].lower(), " ".join(rest)) if name.startswith("/") and len(name) > 1 else None
