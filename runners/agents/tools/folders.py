"""Which folders one run may read: what the machine's configuration or a grant names, and its job does not narrow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from runners.agents.permits import Lack
from runners.agents.tools.tool import Situation
from runners.engine import grant
from runners.engine.folders import find
from runners.engine.grant import Capability

COMMANDS = "commands"
"""The folder in DATA_DIR in which commands work when the configuration names none (`allowed.roots`)."""


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
