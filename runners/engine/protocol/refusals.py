"""Refusals: put down at once, and then counted, so that no flood of them can fill the store or push anything out.

Those of somebody who is known go to the chain: alike ones once in a minute, of one person at most `A_MINUTE` in all, the
others as a number in the next entry. Those of somebody unknown are counted in a room of their own, at most once in a second
for each kind. What could not be written stays counted, and is written later.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import structlog
from redis.exceptions import RedisError

from runners.engine.audit import Author, Entry
from runners.engine.errors import MultijobError
from runners.engine.protocol.audit import count_turned_away, note
from runners.engine.store.connection import Store

LOG = structlog.get_logger("runners.audit")
AGAIN_SEC = 60.0
A_MINUTE = 10
OF_UNKNOWN_SEC = 1.0
KINDS_HELD = 1_000


@dataclass(slots=True)
class Kind:
    """Refusals that are alike: the entry about the last one, how many wait to be put down, and from when they may be."""

    entry: Entry | None
    about: Mapping[str, Any]
    waiting: int = 0
    from_sec: float = 0.0


@dataclass(slots=True)
class Refusals:
    """What one process has refused; shared by its threads."""

    store: Store
    _kinds: dict[object, Kind] = field(default_factory=dict)
    _written: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _due_sec: float = float("inf")

    def of_known(self, author: Author, target: str, facts: Mapping[str, Any]) -> None:
        """Put down that `author` was refused something; `facts` say what and why."""
        key = (author.name, author.surface, author.operation, target, facts.get("status"))
        self._add(key, Kind(Entry(author, target, after=facts, outcome="refused"), facts))

    def of_unknown(self, surface: str, facts: Mapping[str, Any]) -> None:
        """Count that somebody who is not known was refused; refusals are alike when all their `facts` are."""
        about = {"surface": surface, **facts}
        self._add(tuple(sorted(about.items())), Kind(None, about))

    def flush(self, *, everything: bool = False) -> None:
        """Put down what waits and may be put down now; with `everything`, at the end of the process, all that waits."""
        now = monotonic()
        if now < self._due_sec and not everything:
            return
        with self._lock:
            due = [kind for kind in self._kinds.values() if kind.waiting and (everything or kind.from_sec <= now)]
        for kind in due:
            self._put_down(kind)
        with self._lock:
            self._forget(now)

    def _add(self, key: object, fresh: Kind) -> None:
        with self._lock:
            if key not in self._kinds and len(self._kinds) >= KINDS_HELD:
                self._forget(monotonic())
            if key not in self._kinds and len(self._kinds) >= KINDS_HELD:
                key, fresh = (
                    "others",
                    Kind(None, {"surface": fresh.about.get("surface"), "reason": "of too many kinds"}),
                )
            kind = self._kinds.setdefault(key, fresh)
            kind.entry, kind.about = fresh.entry, fresh.about
            kind.waiting += 1
            self._due_sec = min(self._due_sec, kind.from_sec)
        self.flush()

    def _put_down(self, kind: Kind) -> None:
        """Write what waits of one kind; what cannot be written waits on."""
        with self._lock:
            count, kind.waiting = kind.waiting, 0
            if not count or not self._may(kind):
                kind.waiting, kind.from_sec = count, monotonic() + OF_UNKNOWN_SEC
                return
            kind.from_sec = monotonic() + (AGAIN_SEC if kind.entry else OF_UNKNOWN_SEC)
        try:
            self._write(kind, count)
        except (RedisError, MultijobError) as fault:
            LOG.warning("refusal.unwritten", fault=str(fault)[:200], count=count)
            with self._lock:
                kind.waiting += count

    def _write(self, kind: Kind, count: int) -> None:
        if kind.entry is None:
            count_turned_away(self.store, kind.about, count)
            return
        more = {"more_of_the_same": count - 1} if count > 1 else {}
        note(self.store, Entry(kind.entry.author, kind.entry.target, after={**kind.about, **more}, outcome="refused"))

    def _may(self, kind: Kind) -> bool:
        """Say whether one more entry of this person may be written now, and count it."""
        if kind.entry is None:
            return True
        written, now = self._written.setdefault(kind.entry.author.name, deque(maxlen=A_MINUTE)), monotonic()
        if len(written) == A_MINUTE and now - written[0] < AGAIN_SEC:
            return False
        written.append(now)
        return True

    def _forget(self, now: float) -> None:
        """Drop kinds of which nothing waits and that may be written anew, and say when the next one is due."""
        self._kinds = {key: kind for key, kind in self._kinds.items() if kind.waiting or kind.from_sec > now}
        self._written = {name: at for name, at in self._written.items() if now - at[-1] < AGAIN_SEC}
        self._due_sec = min((kind.from_sec for kind in self._kinds.values() if kind.waiting), default=float("inf"))
