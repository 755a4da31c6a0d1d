"""Two people edited a job at once: what it was, what it is now, and what was typed, side by side, and both put together. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runners.engine.job.difference import ABSENT, Difference, differences

Spec = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One value in its three versions; a value that is not there is ABSENT. `clash` says that both changed it, to different ones."""

    path: Path
    base: Any
    theirs: Any
    mine: Any
    clash: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """All values that somebody changed meanwhile, or that what was typed would change; `version` is what stands now.

    `base` is the version that was opened; `base_kept` is False when it is kept no more, and then stands for what is there now.
    """

    version: int
    base: int
    base_kept: bool
    rows: tuple[Side, ...]

    @property
    def clashes(self) -> int:
        """How many values both changed."""
        return sum(row.clash for row in self.rows)


def conflict(base: Spec | None, theirs: Spec, mine: Spec, base_version: int, version: int) -> Conflict:
    """Return what differs between the three; without a base everything that differs may clash."""
    before = theirs if base is None else base
    by_them = {one.path for one in differences(before, theirs)}
    by_me = {one.path for one in differences(before, mine)}
    paths = dict.fromkeys(one.path for one in (*differences(before, theirs), *differences(theirs, mine)))
    rows = (
        Side(path, at(before, path), at(theirs, path), at(mine, path), path in by_them and path in by_me)
        for path in paths
    )
    return Conflict(
        version,
        base_version,
        base is not None,
        tuple(row for row in rows if not (row.clash and row.theirs == row.mine)),
    )


def merged(base: Spec, theirs: Spec, mine: Spec) -> dict[str, Any]:
    """Return theirs with all that was changed from `base` to `mine`; where both changed a value, mine stands."""
    found = copy.deepcopy(dict(theirs))
    for change in differences(base, mine):
        _apply(found, change)
    return found


def at(spec: Any, path: Path) -> Any:
    """Return the value at a path, or ABSENT."""
    for name in path:
        if not isinstance(spec, Mapping) or name not in spec:
            return ABSENT
        spec = spec[name]
    return spec


def _apply(spec: dict[str, Any], change: Difference) -> None:
    *parents, name = change.path
    inside: Any = spec
    for parent in parents:
        if not isinstance(inside.get(parent), dict):
            inside[parent] = {}
        inside = inside[parent]
    if change.after is ABSENT:
        inside.pop(name, None)
    else:
        inside[name] = change.after
