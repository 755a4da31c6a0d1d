"""The secrets that this process knows: those of its configuration, and those that its runs were given.

Whatever leaves the process as text goes through `hidden`: log lines, results, errors, what runs tell. A secret that was known
once stays known until the process ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from runners.engine.redactor import Redactor


class KnownSecrets:
    """Shared by all threads of a process."""

    def __init__(self) -> None:
        self.redactor = Redactor()
        self._lock = threading.Lock()

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide `secrets` from now on."""
        new = frozenset(secrets)
        if new <= self.redactor.secrets:
            return
        with self._lock:
            self.redactor = Redactor(self.redactor.secrets | new)


KNOWN = KnownSecrets()
"""This process's own."""


def hidden(text: str) -> str:
    """Return `text` without any secret that this process knows."""
    return KNOWN.redactor.text(text)


def hidden_value(value: Any) -> Any:
    """Return a JSON value without any secret that this process knows."""
    return KNOWN.redactor.value(value)
