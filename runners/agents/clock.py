"""How long a start of a run may still work: the run's own time, or what is left of its limit 'seconds'."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from runners.engine.handler import Context, TimedOut


class Clocked:
    """The context of a run, whose time is over sooner: `is_over` says that it was this limit, and not the run's timeout."""

    def __init__(self, ctx: Context, seconds: float) -> None:
        self._ctx = ctx
        self._until = time.monotonic() + seconds

    def __getattr__(self, name: str) -> Any:
        """Return what the context has by that name."""
        return getattr(self._ctx, name)

    @property
    def is_over(self) -> bool:
        """Say whether the limit is used up."""
        return time.monotonic() >= self._until

    @property
    def deadline(self) -> float:
        """The end, on the monotonic clock, for a process that is started for the run."""
        return min(self._until, time.monotonic() + self._ctx.remaining().total_seconds())

    def remaining(self) -> timedelta:
        """Return the time left, never negative."""
        left = timedelta(seconds=max(0.0, self._until - time.monotonic()))
        return min(left, self._ctx.remaining())

    def check(self) -> None:
        """Raise what ends the run, or TimedOut when the limit is used up."""
        self._ctx.check()
        if self.is_over:
            raise TimedOut()

    def sleep(self, seconds: float) -> None:
        """Wait; raises as `check` does."""
        self._ctx.sleep(min(seconds, max(0.0, self._until - time.monotonic())))
        self.check()
