"""Typed calls by which a process joins the deployment, beats, and leaves it; a full server takes them too.

The mode is one for the whole deployment, binding as long as a process that uses it lives (design §5).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import chain

from runners.engine import clock
from runners.engine.clock import MILLISECOND
from runners.engine.errors import ModeRefused
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store
from runners.engine.store.pauses import asked_of
from runners.engine.store.processes import KEPT, OFFLINE_AFTER, ProcessBeat

KEPT_SEC = int(KEPT.total_seconds())


def join(store: Store, said: ProcessBeat) -> None:
    """Record the mode that this process probed, and its first beat, in one step: of two modes only one gets in.

    A change is an event, and the next reconcile pushes all queued runs. A process counts as alive until 30 s after its
    last beat, or until it says goodbye. Raises ModeRefused while one of them uses another mode, or where a restore has not
    come to its end, and redis.RedisError.
    """
    if store.redis.exists(store.keys.restoring):
        raise ModeRefused("a backup is being restored here, or that broke off; run `multijob restore` to its end first")
    mode, alive_ms = store.mode, OFFLINE_AFTER // MILLISECOND
    fields = _pairs(_fields(store, said))
    word, other, used = call(
        store, "mode", mode.name, mode.durability, said.id, alive_ms, KEPT_SEC, len(fields), *fields
    )
    if word == "refused":
        raise ModeRefused(
            f"mode '{mode.name}': process '{other}' still runs in mode '{used}'; "
            f"stop every process, or set QUEUE_MODE={used}"
        )


def beat(store: Store, said: ProcessBeat) -> bool:
    """Say that the process lives, and what it does.

    Returns False when it must join again: the store did not know it any more, or another mode is recorded by now.
    """
    fields = _pairs(_fields(store, said))
    known, mode = call(store, "beat", said.id, KEPT_SEC, _own_clock_ms(store), len(fields), *fields)
    return bool(known) and mode == store.mode.name


def goodbye(store: Store, process_id: str) -> None:
    """Say that the process ends now, so that nobody waits for its next beat."""
    call(store, "beat", process_id, KEPT_SEC, _own_clock_ms(store), 2, "left_at", clock.to_ms(store.now()))
    store.redis.delete(store.keys.handlers(process_id))
    store.redis.hdel(store.keys.paused, *asked_of(process_id))


def _own_clock_ms(store: Store) -> str | int:
    """Return this machine's time, so that the store can tell how far apart their clocks are; '' on a test's clock."""
    return round(time.time() * 1000) if store.clock is None else ""


def _fields(store: Store, said: ProcessBeat) -> dict[str, str | int]:
    """Return what a process says of itself as its record has it, without the times of its beat and goodbye."""
    return {
        "type": said.type,
        "host": said.host,
        "pid": said.pid,
        "version": said.version,
        "started_at": clock.to_ms(said.started_at),
        "doing": said.doing,
        "slots": said.slots,
        "pool": said.pool,
        "mode": store.mode.name,
    }


def _pairs(fields: Mapping[str, str | int]) -> list[str | int]:
    return list(chain.from_iterable(fields.items()))
