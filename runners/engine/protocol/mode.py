"""The mode in the store: one for the whole deployment, binding as long as a process that uses it lives (design §5)."""

from __future__ import annotations

from itertools import chain

from runners.engine.clock import MILLISECOND
from runners.engine.errors import ModeRefused
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store
from runners.engine.store.processes import KEPT, OFFLINE_AFTER, ProcessBeat, fields_of


def record(store: Store, said: ProcessBeat) -> None:
    """Record the mode that this process probed, and its first beat, in one step: of two modes only one gets in.

    A change is an event, and the next reconcile pushes all queued runs. A process counts as alive until 30 s after its
    last beat, or until it says goodbye. Raises ModeRefused while one of them uses another mode, and redis.RedisError.
    """
    mode, alive_ms, kept_sec = store.mode, OFFLINE_AFTER // MILLISECOND, int(KEPT.total_seconds())
    fields = list(chain.from_iterable(fields_of(said, mode.name).items()))
    answer = call(store, "mode", mode.name, mode.durability, said.id, alive_ms, kept_sec, len(fields), *fields)
    word, other, used = answer
    if word == "refused":
        raise ModeRefused(
            f"mode '{mode.name}': process '{other}' still runs in mode '{used}'; "
            f"stop every process, or set QUEUE_MODE={used}"
        )
