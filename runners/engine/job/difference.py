"""What is not the same in two JSON objects: a path for each value that came, went or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final


class Absent:
    """The value of what is not there; null is a value."""

    def __repr__(self) -> str:
        """Return the same in every process: a plan's digest is made over it."""
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same: `path` leads to it, `before` or `after` is ABSENT where it is not there."""

    path: tuple[str, ...]
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what changed from `before` to `after`, in the order of the keys; lists are compared as a whole.

    As JSON has it: true is not 1, and 1 is not 1.0.
    """
    return tuple(_between(before, after, ()))


def _between(before: Mapping[str, Any], after: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _between(old, new, (*path, name))
        elif not same(old, new):
            yield Difference((*path, name), old, new)


def same(old: Any, new: Any) -> bool:
    """Say whether two values are the same JSON: to Python, True == 1 == 1.0."""
    if type(old) is not type(new):
        return False
    if isinstance(old, Mapping):
        return old.keys() == new.keys() and all(same(old[name], new[name]) for name in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(same, old, new))
    return bool(old == new)
