"""An end to waiting: what is called several times a second while something may take long, and raises once it took too long."""

from __future__ import annotations

import time
from collections.abc import Callable


class Late(Exception):
    """It was not over in time."""


def within(seconds: float) -> Callable[[], None]:
    """Return what raises Late when it is called later than `seconds` from now."""
    ends = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > ends:
            raise Late

    return check
