"""The mode in the store: one for the whole deployment, binding as long as a process that uses it lives (design §5)."""

from __future__ import annotations

from runners.engine.clock import MILLISECOND
from runners.engine.errors import ModeRefused
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store
from runners.engine.store.processes import OFFLINE_AFTER


def record(store: Store, process_id: str) -> None:
    """Record the mode that this process probed; a change is an event, and the next reconcile pushes all queued runs.

    A process counts as alive until 30 s after its last beat, or until it says goodbye. Raises ModeRefused while one
    of them uses another mode, and redis.RedisError.
    """
    alive_ms = OFFLINE_AFTER // MILLISECOND
    word, other, used = call(store, "mode", store.mode.name, store.mode.durability, process_id, alive_ms)
    if word == "refused":
        raise ModeRefused(
            f"mode '{store.mode.name}': process '{other}' still runs in mode '{used}'; "
            f"stop every process, or set QUEUE_MODE={used}"
        )
