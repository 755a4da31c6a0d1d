"""Retention: history is kept up to an age and up to a number, and dropped in small batches; active runs never are.

What ends by itself is not swept: minute counters (26 h), idempotency keys and the runs that they made (24 h), records
of processes (a day). Capped where they are written: decisions (1000 rows a job), versions (100 a job), heat strips.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from runners.engine.clock import to_ms
from runners.engine.protocol.scripts import call
from runners.engine.settings import Settings
from runners.engine.store import processes
from runners.engine.store.connection import Store

BATCH = 1_000
"""Runs, events or decisions that one sweep drops at most, of each kind."""
AT_ONCE = 100
"""Runs that one call drops, so that the server is never kept from its work for long."""
EVENTS_ALWAYS_KEPT = 100_000
"""The newest events stay, whatever their age."""
JOBS_AT_ONCE = 100
CONSUMER_IDLE = timedelta(hours=1)
LOOK_AGAIN_AFTER = timedelta(days=1)


def sweep(store: Store, settings: Settings, now: datetime) -> int:
    """Drop what is too old or too much, at most a batch of each kind. Returns how many records went.

    Safe to repeat, to race and to be killed: each script drops whole records, chosen in the same step.
    """
    dropped = _runs(store, settings, now) + _events(store, settings, now)
    dropped += _decisions(store, settings, now) + _jobs(store, settings, now)
    return dropped + _consumers(store, now) + processes.forget(store, now)


def _runs(store: Store, settings: Settings, now: datetime) -> int:
    too_old, dropped = to_ms(now - settings.runs_kept_for), 0
    while dropped < BATCH:
        limit = min(AT_ONCE, BATCH - dropped)
        went = int(call(store, "forget_runs", too_old, settings.runs_kept, limit))
        dropped += went
        if went < limit:
            break
    return dropped


def _events(store: Store, settings: Settings, now: datetime) -> int:
    too_old = to_ms(now - settings.events_kept_for)
    return int(call(store, "forget_events", too_old, settings.events_kept, EVENTS_ALWAYS_KEPT, BATCH))


def _decisions(store: Store, settings: Settings, now: datetime) -> int:
    too_old = to_ms(now - settings.decisions_kept_for)
    return int(call(store, "forget_decisions", too_old, JOBS_AT_ONCE, BATCH))


def _jobs(store: Store, settings: Settings, now: datetime) -> int:
    too_old = now - settings.decisions_kept_for
    return int(call(store, "forget_jobs", to_ms(too_old), to_ms(too_old + LOOK_AGAIN_AFTER), JOBS_AT_ONCE))


def _consumers(store: Store, now: datetime) -> int:
    if store.mode.name != "streams":
        return 0
    silent_since = to_ms(now - processes.OFFLINE_AFTER)
    return int(call(store, "forget_consumers", silent_since, CONSUMER_IDLE // timedelta(milliseconds=1)))
