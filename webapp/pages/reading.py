"""How pages read: one operation at a time, and what was last known while the store is away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

from flask import current_app, g

from runners.engine.errors import StoreAway
from webapp.asking import actor, platform
from webapp.newest import Newest

ANSWERS_KEPT = 64
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An operation's answer, and when it was true."""

    at: datetime
    answer: Any


class Snapshots:
    """The newest answers of the operations that pages read, by operation and arguments."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: Newest[str, Snapshot] = Newest(ANSWERS_KEPT)
        self._lock = Lock()

    def keep(self, key: str, answer: Any) -> None:
        """Remember `answer` as true now."""
        with self._lock:
            self._kept[key] = Snapshot(datetime.now(UTC), answer)

    def last(self, key: str) -> Snapshot | None:
        """Return the answer that was last true, or None."""
        with self._lock:
            return self._kept.get(key)


def read(operation: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
    """Return what `operation` answers the one who asks.

    While the store is away: return the last answer of this process and mark the page as stale (`g.stale_at`); raise
    StoreAway when there is none. One failed try per request is enough: the rest comes from what is kept.
    """
    snapshots: Snapshots = current_app.extensions["snapshots"]
    key = f"{operation.__name__} {arguments!r} {options!r} {actor().language} {actor().role}"
    if g.get("store_away"):
        return _last(snapshots, key, g.store_away)
    try:
        answer = operation(platform(), actor(), *arguments, **options)
    except StoreAway as fault:
        g.store_away = fault
        return _last(snapshots, key, fault)
    snapshots.keep(key, answer)
    return answer


def _last(snapshots: Snapshots, key: str, fault: StoreAway) -> Any:
    kept = snapshots.last(key)
    if kept is None:
        raise fault
    g.stale_at = min(kept.at, g.get("stale_at") or kept.at)
    return kept.answer
