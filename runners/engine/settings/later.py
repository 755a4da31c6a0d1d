"""Variables whose features do not stand yet: set, they stop the start, so that nobody relies on what is not there."""

from __future__ import annotations

from collections.abc import Callable

from runners.engine.settings.variable import Variable


def absent(feature: str, *harmless: str) -> Callable[[str], None]:
    """Read a variable whose feature does not stand yet: only values that ask for nothing are let through."""

    def read(text: str) -> None:
        if text.lower() not in harmless:
            raise ValueError(f": {feature} does not stand yet in this version; unset it")

    return read


LATER: tuple[Variable, ...] = (
    Variable("WORKER_POOL", "default", "the worker's pool", "", absent("a pool other than default", "default")),
)
