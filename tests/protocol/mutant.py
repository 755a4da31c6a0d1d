"""One thing wrong with the protocol, and the test that must see it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Mutant:
    """Replacements in the scripts (old text, new text), guards that no longer exist, and the test that must fail.

    `killer` None means the random life. `patch` puts something else wrong than a script.
    `mode` is that in which the fault shows.
    """

    name: str
    replacements: tuple[tuple[str, str], ...]
    without_guards: tuple[str, ...] = ()
    killer: Callable[..., None] | None = None
    patch: Callable[[pytest.MonkeyPatch], None] | None = None
    mode: str = "lists"
