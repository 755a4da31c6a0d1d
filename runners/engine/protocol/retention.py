"""Retention: history is kept up to an age and up to a number, and dropped in small batches; active runs never are.

What ends by itself is not swept: minute counters (26 h), idempotency keys and the runs that they made (24 h), records
of processes (a day). Capped where they are written: decisions (1000 rows a job), versions (100 a job), heat strips.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.exceptions import ResponseError

from runners.engine.clock import MILLISECOND, to_ms
from runners.engine.errors import StoreAway
from runners.engine.log_line import PLATFORM, log_line
from runners.engine.protocol.audit_upkeep import drop_old
from runners.engine.protocol.scripts import call
from runners.engine.settings import Settings
from runners.engine.store import processes
from runners.engine.store.connection import Store

LOG = structlog.get_logger("runners.retention")
BATCH = 500
"""Runs or decisions that one sweep drops at most, and with the runs as many events as they have."""
EVENTS_OF_A_RUN = 4
AT_ONCE = 100
"""Runs that one call drops, so that the server is never kept from its work for long."""
LOGS_AT_ONCE = 100
NEARLY_FULL = 0.9
"""The part of its memory limit above which a server gives up logs."""
EVENTS_ALWAYS_KEPT = 100_000
"""The newest events stay, whatever their age."""
JOBS_AT_ONCE = 100
CONSUMER_IDLE = timedelta(hours=1)
LOOK_AGAIN_AFTER = timedelta(days=1)


def sweep(store: Store, settings: Settings, now: datetime) -> int:
    """Drop what is too old or too much, at most a batch of each kind. Returns how many records went.

    Safe to repeat, to race and to be killed: each script drops whole records, chosen in the same step. A kind that the
    server refuses, because somebody broke a key of it, keeps no other from being swept.
    """
    return sum(_dropped(kind, store, settings, now) for kind in KINDS)


def _dropped(kind: Kind, store: Store, settings: Settings, now: datetime) -> int:
    try:
        return kind(store, settings, now)
    except ResponseError as refusal:
        LOG.error("history.kept", kind=kind.__name__.strip("_"), fault=str(refusal))
        return 0


def _runs(store: Store, settings: Settings, now: datetime) -> int:
    bounds = (to_ms(now - settings.runs_kept_for), settings.runs_kept)
    return _in_parts(store, "forget_runs", bounds, AT_ONCE, BATCH)


def _events(store: Store, settings: Settings, now: datetime) -> int:
    bounds = (to_ms(now - settings.events_kept_for), settings.events_kept, EVENTS_ALWAYS_KEPT)
    return _in_parts(store, "forget_events", bounds, AT_ONCE * EVENTS_OF_A_RUN, BATCH * EVENTS_OF_A_RUN)


def _audit(store: Store, settings: Settings, now: datetime) -> int:
    """Drop old entries of the audit; one that cannot be gone on with keeps all that it has."""
    try:
        return drop_old(store, settings.audit_kept_for, now)
    except StoreAway as fault:
        LOG.error("audit.kept", fault=str(fault))
        return 0


def _in_parts(store: Store, script: str, bounds: tuple[int, ...], at_once: int, most: int) -> int:
    """Call until nothing is left to drop, or `most` records went."""
    dropped = 0
    while dropped < most:
        limit = min(at_once, most - dropped)
        went = int(call(store, script, *bounds, limit))
        dropped += went
        if went < limit:
            break
    return dropped


def _logs(store: Store, settings: Settings, now: datetime) -> int:
    """Drop logs that are too old; of a server that is nearly full, also younger ones: logs go before all else."""
    dropped, aged = 0, now - settings.logs_kept_for
    if _nearly_full(store):
        dropped = _logs_before(store, now, now, "this log was dropped: the store was nearly full")
    return dropped + _logs_before(store, aged, now, "this log was dropped: it was older than LOGS_KEPT_DAYS")


def _logs_before(store: Store, too_old: datetime, now: datetime, mark: str) -> int:
    return int(call(store, "forget_logs", to_ms(too_old), LOGS_AT_ONCE, log_line(now, 0, PLATFORM, mark)))


def _nearly_full(store: Store) -> bool:
    """Say whether the server is near its limit; one without a limit, or that hides it, is not."""
    if store.mode.name == "memory":
        return False
    try:
        about: Any = store.redis.info("memory")
    except ResponseError:
        return False
    most = int(about.get("maxmemory") or 0)
    return most > 0 and int(about.get("used_memory") or 0) >= NEARLY_FULL * most


def _decisions(store: Store, settings: Settings, now: datetime) -> int:
    too_old = to_ms(now - settings.decisions_kept_for)
    return int(call(store, "forget_decisions", too_old, JOBS_AT_ONCE, BATCH))


def _jobs(store: Store, settings: Settings, now: datetime) -> int:
    too_old = now - settings.decisions_kept_for
    return int(call(store, "forget_jobs", to_ms(too_old), to_ms(too_old + LOOK_AGAIN_AFTER), JOBS_AT_ONCE))


def _consumers(store: Store, settings: Settings, now: datetime) -> int:
    if store.mode.name != "streams":
        return 0
    silent_since = to_ms(now - processes.OFFLINE_AFTER)
    return int(call(store, "forget_consumers", silent_since, CONSUMER_IDLE // MILLISECOND))


def _processes(store: Store, settings: Settings, now: datetime) -> int:
    return processes.forget(store, now)


Kind = Callable[[Store, Settings, datetime], int]
KINDS: tuple[Kind, ...] = (_runs, _events, _logs, _decisions, _jobs, _consumers, _processes, _audit)
"""What is swept, each in its turn; every one drops a batch at most and says how many records that were."""
