"""What an environment variable is: its name, what is shown of it, and how its text is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable. `field` is the Settings field it fills; '' when `reading` combines it with others.

    `default` is shown, not read: the field's own default holds. `secret` keeps the value out of every message.
    """

    name: str
    default: str
    meaning: str
    field: str
    read: Callable[[str], Any]
    secret: bool = False
