"""What a process remembers of the newest, by name: whoever is put in again is new, and the oldest go."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

Name = TypeVar("Name")
Value = TypeVar("Value")


class Newest(OrderedDict[Name, Value]):
    """The `most` that were put in last, the oldest first. Threads that share one need a lock."""

    def __init__(self, most: int) -> None:
        """Begin with none."""
        super().__init__()
        self._most = most

    def __setitem__(self, name: Name, value: Value) -> None:
        super().__setitem__(name, value)
        self.move_to_end(name)
        while len(self) > self._most:
            self.popitem(last=False)
