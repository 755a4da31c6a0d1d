"""Typed calls of adopt and adopt_events: bringing over what another store has and this one lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

Write = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """One object to bring over: it is here when `key` exists; `writes` make it.

    `active` of its runs take places in the group `flow`; `queued` are (run id, priority) that get a message.
    """

    key: str
    writes: tuple[Write, ...]
    flow: str = ""
    active: int = 0
    queued: tuple[tuple[str, str], ...] = ()


def adopt(store: Store, copy: Copy) -> str:
    """Bring one object over, whole or not at all. Returns adopted, clash or full; raises redis.RedisError."""
    queued = list(chain.from_iterable(copy.queued))
    writes = list(chain.from_iterable((str(len(write)), *write) for write in copy.writes))
    settled: list[str | int] = [copy.key, copy.flow, copy.active, len(queued), *queued, len(copy.writes), *writes]
    return str(call(store, "adopt", *settled))


def adopt_events(store: Store, rows: Sequence[str]) -> tuple[int, int]:
    """Bring event rows over as they are. Returns how many came, and how many were left out for a clash of ids.

    A row that is here already counts as neither, so a call may be repeated. Raises redis.RedisError.
    """
    brought, clashes = call(store, "adopt_events", len(rows), *rows)
    return int(brought), int(clashes)
