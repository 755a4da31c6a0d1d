"""What an agent may do: one `Tool` for each kind of act, offered to the model by its name.

A module of this package makes tools for one run: its `offered(situation)` yields them, and `MAKERS` names the modules. The
loop (`runners.agents.loop`) reads the model's arguments, asks for what is lacking, journals the step, acts, and journals what
came of it. So a tool needs to know nothing of models, approvals or journals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from runners.agents.tools import command, file, http, mcp, message, note, schedule_job, start_job
from runners.agents.tools.tool import Situation, Tool

Maker = Callable[[Situation], Iterator[Tool[Any]]]
MAKERS: tuple[Maker, ...] = (
    *(http.offered, command.offered, mcp.offered, message.offered),
    *(file.offered, start_job.offered, schedule_job.offered, note.offered),
)


def offered(situation: Situation) -> list[Tool[Any]]:
    """Return every tool that the model is told of in this run; two never have one name."""
    return [tool for maker in MAKERS for tool in maker(situation)]
