"""`note`: something that the model writes down for whoever reads the run. It changes nothing anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from runners.agents.tools.tool import ModelTool, Observation, Situation, Tool


class NoteArguments(BaseModel, extra="forbid", frozen=True):
    """What is noted."""

    text: str = Field(min_length=1, max_length=2000, description="what the reader of the run should know")


class Note(ModelTool[NoteArguments]):
    """Stands in the journal, and in the run's log."""

    name = kind = "note"
    description = "write something down for the person who reads this run"
    arguments = NoteArguments

    def __init__(self, situation: Situation) -> None:
        self._ctx = situation.ctx

    def what(self, arguments: NoteArguments) -> str:
        """Say what is noted."""
        return f"note: {arguments.text[:200]}"

    def repeats_safely(self, arguments: NoteArguments) -> bool:
        """Twice in the log is no harm."""
        return True

    def act(self, arguments: NoteArguments, key: str) -> Observation:
        """Write it into the log."""
        self._ctx.log(f"note: {arguments.text}")
        return Observation("noted", arguments.text)


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield the tool."""
    yield Note(situation)
