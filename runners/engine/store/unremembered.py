"""Attempts of agents' runs that ended without their handler, until what they came to is remembered: one mark each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runners.engine.run import FailureKind
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Mark:
    """One attempt, as the scripts that end it put it down. `how` is the kind of its failure, else success or cancelled."""

    run_id: str
    attempt: int
    how: str

    @property
    def text(self) -> str:
        """The mark as the store has it."""
        return f"{self.run_id}|{self.attempt}|{self.how}"

    @property
    def failure(self) -> FailureKind | None:
        """Why it failed, None for a success; a cancelled one counts as refused by people."""
        if self.how == "success":
            return None
        return FailureKind.REJECTED if self.how == "cancelled" else FailureKind(self.how)

    @staticmethod
    def read(text: str) -> Mark:
        """Raises ValueError for what is none."""
        run_id, attempt, how = text.split("|")
        mark = Mark(run_id, int(attempt), how)
        _ = mark.failure
        return mark


def oldest(store: Store, count: int) -> list[str]:
    """Return the texts of so many marks at most, the oldest first."""
    found: Any = store.redis.zrange(store.keys.unremembered, 0, count - 1)
    return list(found)


def drop(store: Store, text: str) -> None:
    """Take away the mark of what nobody can remember."""
    store.redis.zrem(store.keys.unremembered, text)
