"""What a process does beside its work, again and again: in a thread of its own, as long as a block runs."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

import structlog
from redis.exceptions import RedisError

LOG = structlog.get_logger("runners.repeating")


class Repeating(ABC):
    """Calls `step` every `every_sec` seconds while the block runs; its end is waited for as long as that, `patience` times.

    A store that is away is waited for, and nothing that goes wrong once ends it.
    """

    every_sec = 1.0
    patience = 1.0

    def __init__(self, name: str) -> None:
        """`name` is the thread's, and says in the log what failed."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=self.every_sec * self.patience)

    @abstractmethod
    def step(self) -> object:
        """Do it once."""

    def _go_on(self) -> None:
        while not self._over.wait(self.every_sec):
            try:
                self.step()
            except RedisError as error:
                LOG.warning("store.away", error=str(error))
            except Exception as error:
                LOG.error(f"{self._thread.name}.failed", exc_info=error)
