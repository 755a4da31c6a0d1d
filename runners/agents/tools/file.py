"""`file`: reading text files and folders, as far as the run may (`folders.py`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from runners.agents.files import entries_of, text_of
from runners.agents.permits import Lack
from runners.agents.tools.folders import Folders
from runners.agents.tools.tool import ModelTool, Observation, Situation, Tool


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("the path holds a character that cannot be printed")
    return text


AnyPath = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_printable)]


class ReadArguments(BaseModel, extra="forbid", frozen=True):
    """Which file."""

    path: AnyPath = Field(description="the file; a relative path begins in the first folder that may be read")
    offset: int = Field(0, ge=0, description="the byte to begin at")


class ListArguments(BaseModel, extra="forbid", frozen=True):
    """Which folder."""

    path: AnyPath = Field(".", description="the folder; a relative path begins in the first folder that may be read")


class ReadFile(ModelTool[ReadArguments]):
    """Reads a part of a text file."""

    name, kind = "file_read", "file"
    description = "read a text file of this machine"
    arguments = ReadArguments

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def what(self, arguments: ReadArguments) -> str:
        """Say which file."""
        return f"read file {arguments.path}"

    def lacks(self, arguments: ReadArguments) -> Sequence[Lack]:
        """Return the folder that it is in, unless that may be read."""
        return self._folders.lacks(arguments.path, os.path.dirname(arguments.path))

    def repeats_safely(self, arguments: ReadArguments) -> bool:
        """Reading changes nothing."""
        return True

    def act(self, arguments: ReadArguments, key: str) -> Observation:
        """Read it."""
        return Observation(text_of(arguments.path, self._folders.allowed(arguments.path), arguments.offset))


class ListFolder(ModelTool[ListArguments]):
    """Lists what stands in a folder."""

    name, kind = "file_list", "file"
    description = "list a folder of this machine"
    arguments = ListArguments

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def what(self, arguments: ListArguments) -> str:
        """Say which folder."""
        return f"list folder {arguments.path}"

    def lacks(self, arguments: ListArguments) -> Sequence[Lack]:
        """Return the folder, unless it may be read."""
        return self._folders.lacks(arguments.path, arguments.path)

    def repeats_safely(self, arguments: ListArguments) -> bool:
        """Reading changes nothing."""
        return True

    def act(self, arguments: ListArguments, key: str) -> Observation:
        """List it."""
        return Observation(entries_of(arguments.path, self._folders.allowed(arguments.path)))


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield both."""
    if situation.permits.tool("file"):
        folders = Folders(situation)
        yield ReadFile(folders)
        yield ListFolder(folders)
