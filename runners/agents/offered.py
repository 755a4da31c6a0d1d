"""Every tool that the model of a run is told of: each module of `runners.agents.tools` yields those of one kind of act."""

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
