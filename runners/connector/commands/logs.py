"""/log: the end of a run's log, and all of it as a file when it is longer than a message."""

from __future__ import annotations

from runners.connector.commands.asking import Asking
from runners.connector.commands.nearest import run_to_read
from runners.connector.commands.runs import run_line
from runners.connector.reply import Document, Reply
from runners.engine import operations
from runners.engine.log_line import read_line
from runners.engine.operations import LogPart

TAIL = 2_400
"""Bytes of a log that a message shows."""


def log(asking: Asking) -> Reply:
    """Show the end of a run's log; a long one comes along as a file."""
    found = run_to_read(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    part = operations.run_log(asking.platform, asking.actor, found.run_id, -TAIL)
    head, page = run_line(asking, found), f"/ui/runs/{found.run_id}/log"
    if not part.text:
        return Reply(f"{head}\n{asking.say('no_log')}", page=page)
    if part.start == 0:
        return Reply(f"{head}\n\n{_shown(part)}", page=page)
    whole = operations.run_log(asking.platform, asking.actor, found.run_id)
    document = Document(f"{found.run_id}.log", whole.text.decode("utf-8", "replace"))
    return Reply(f"{head}\n{asking.say('log_end')}\n\n{_shown(part)}", document=document, page=page)


def _shown(part: LogPart) -> str:
    """Return the log's lines as they are read on a small screen: only the clock of each time, and no name of a stream."""
    lines = part.text.decode("utf-8", "replace").splitlines()
    whole = lines[1:] if part.start else lines
    return "\n".join(_line(line) for line in whole)


def _line(text: str) -> str:
    found = read_line(text)
    return f"{found.at[11:19]}Z {found.text}" if found else text
