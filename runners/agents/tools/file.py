"""`file`: reading text files and folders, below what the machine's configuration or a grant names, and the job does not narrow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from runners.agents.files import entries_of, text_of
from runners.agents.permits import Lack
from runners.agents.tools.tool import ModelTool, Observation, Situation, Tool
from runners.engine import grant
from runners.engine.folders import find
from runners.engine.grant import Capability

COMMANDS = "commands"
"""The folder in DATA_DIR in which commands work when the configuration names none (`allowed.roots`)."""


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


class Folders:
    """The folders that one run may read."""

    def __init__(self, situation: Situation) -> None:
        settings = situation.ctx.settings
        named = [entry.partition(":")[2] for entry in situation.inputs.allow_tools if entry.startswith("file:")]
        granted = [value for capability, value in situation.ctx.grants if capability == Capability.FOLDER]
        self._own = Path(os.path.realpath(settings.data_dir))
        self.all = settings.file_roots
        self._narrowed = tuple(map(Path, [*named, *granted])) if named else self.all

    def may(self, path: str) -> bool:
        """Say whether the path is below an allowed folder, and one that the job names if it names any."""
        place = find(path, self.all) if self.all else None
        return place is not None and not self._is_own(place.path) and self._is_named(place.path)

    def lacks(self, path: str, folder: str) -> list[Lack]:
        """Return the folder that would have to be granted for `path`; what nobody can grant is left to fail."""
        if self.may(path):
            return []
        value = os.path.normpath(os.path.join(self.all[0], folder) if self.all else folder)
        place = find(path, [Path(value)]) if os.path.isabs(value) else None
        if place is None or self._is_own(place.path):
            return []
        try:
            grant.check(Capability.FOLDER, value)
        except ValueError:
            return []
        return [Lack(Capability.FOLDER, value, f"the job may not read below '{value}'")]

    def allowed(self, path: str) -> Sequence[Path]:
        """Return the folders below which `path` may be opened; none when it may not."""
        return self.all if self.may(path) else ()

    def _is_named(self, path: Path) -> bool:
        return any(path.is_relative_to(os.path.realpath(folder)) for folder in self._narrowed)

    def _is_own(self, path: Path) -> bool:
        """Say whether it is in the platform's own folder, where its keys are; what commands leave there is theirs."""
        return path.is_relative_to(self._own) and not path.is_relative_to(self._own / COMMANDS)


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
