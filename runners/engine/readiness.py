"""Can this deployment serve now? Found out by a write: a full or read-only server still answers PING.

The probe asks everything by a client of its own with short limits, so that a store that hangs is named within two
seconds, and its answer is kept for half a second, so that many askers cost one probe.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import redis
from redis import exceptions

from runners.engine.errors import StoreAway
from runners.engine.integrations.sealing import key_fault, key_warnings
from runners.engine.pool import DEFAULT
from runners.engine.settings import Settings
from runners.engine.store import pauses
from runners.engine.store.away import is_full
from runners.engine.store.connection import Store
from runners.engine.store.pools import Pool, read_pools
from runners.engine.store.processes import Process, ProcessStatus, list_processes, online

ANSWER_SEC = 0.8
KEPT_FOR = timedelta(milliseconds=500)
PROBE_LIFE_MS = 10_000
MEMORY = "memory"
NO_SCHEDULER, NO_WORKER = "no scheduler is online", "no worker is online"


@dataclass(frozen=True, slots=True)
class Readiness:
    """A store that takes writes, and who lives beside it; `warnings` are sentences for people, `leader` is a scheduler.

    `reasons` are those of them that anybody may read: they name no server.
    """

    mode: str
    durability: str
    scheduler_online: bool
    leader: str | None
    workers: int
    warnings: tuple[str, ...]
    reasons: tuple[str, ...]


class Probe:
    """Asks one store whether it takes writes; safe to be shared by threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Prepare; nothing is sent yet."""
        self._store = replace(store, redis=_impatient(store.redis))
        self._settings = settings
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._fault: str | None = None
        self._keys: frozenset[str] = frozenset()

    def readiness(self) -> Readiness:
        """Return who lives. Raises StoreAway naming what is wrong with the store."""
        fault = self._kept_fault()
        if fault:
            raise StoreAway(f"not ready: {fault}")
        try:
            return self._company()
        except (exceptions.ConnectionError, exceptions.TimeoutError) as error:  # it was well a moment ago
            raise StoreAway(f"not ready: {_in_words(error)}") from error

    def _company(self) -> Readiness:
        mode, processes = self._store.mode, list_processes(self._store)
        alive = online(processes)
        unserved = [pool for pool in read_pools(self._store, processes) if pool.unserved and pool.name != DEFAULT]
        reasons = (*_absent(processes), *_unserved(unserved), *_paused(pauses.read(self._store)))
        warnings = (*mode.warnings, *reasons, *key_warnings(self._settings, self._keys))
        leader = next((process.id for process in processes if process.leads_since), None)
        return Readiness(mode.name, mode.durability, alive["scheduler"] > 0, leader, alive["worker"], warnings, reasons)

    def _kept_fault(self) -> str | None:
        with self._lock:
            if time.monotonic() - self._asked >= KEPT_FOR.total_seconds():
                self._fault, self._keys = _look(self._store)
                self._fault = self._fault or key_fault(self._settings, self._keys)
                self._asked = time.monotonic()
            return self._fault


def store_fault(store: Store, settings: Settings) -> str | None:
    """Return what is wrong with the store, or with this process's keys to its secrets; None when all is well. One round trip."""
    fault, keys = _look(store)
    return fault or key_fault(settings, keys)


def _impatient(client: redis.Redis) -> redis.Redis:
    """Return a client of the same server that gives up early; askers take turns at its one connection."""
    pool = client.connection_pool
    limits = {"socket_timeout": ANSWER_SEC, "socket_connect_timeout": ANSWER_SEC, "health_check_interval": 0}
    settled: dict[str, Any] = {**pool.connection_kwargs, **limits}
    one = redis.BlockingConnectionPool(1, ANSWER_SEC, connection_class=pool.connection_class, **settled)
    return redis.Redis(connection_pool=one)


def _look(store: Store) -> tuple[str | None, frozenset[str]]:
    """Return what is wrong with the store, None when it takes writes as it should, and the keys of its secrets."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.set(store.keys.probe, "ready", px=PROBE_LIFE_MS)
    pipeline.hget(store.keys.mode, "name")
    pipeline.smembers(store.keys.sealing_keys)
    if store.mode.name != MEMORY:
        pipeline.info("memory")
    try:
        written, recorded, sealed, *about = pipeline.execute(raise_on_error=False)
    except exceptions.RedisError as error:
        return _in_words(error), frozenset()
    if isinstance(written, exceptions.RedisError):
        return _in_words(written), frozenset()
    keys: frozenset[str] = frozenset() if isinstance(sealed, exceptions.RedisError) else frozenset(sealed)
    return _other_mode(store, recorded) or _policy(about), keys


def _in_words(error: exceptions.RedisError) -> str:
    text = str(error)
    if isinstance(error, exceptions.ReadOnlyError):
        return "the store is read-only; point REDIS_URL at its primary"
    if is_full(error):
        return "the store is full; raise its maxmemory or let retention make room"
    if isinstance(error, exceptions.BusyLoadingError):
        return "the store is loading its records; wait"
    if "MISCONF" in text:
        return "the store cannot write to its disk and refuses changes; see its log"
    if isinstance(error, (exceptions.ConnectionError, exceptions.TimeoutError)):
        return "the store is down or does not answer"
    return f"the store refuses changes ({type(error).__name__})"


def _other_mode(store: Store, recorded: Any) -> str | None:
    if not isinstance(recorded, str) or recorded == store.mode.name:
        return None
    return f"the store is used in other mode '{recorded}', and this process speaks '{store.mode.name}'; restart it"


def _policy(about: list[Any]) -> str | None:
    known = about[0] if about and isinstance(about[0], dict) else {}
    policy = known.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        return None
    return f"the store has the wrong eviction policy '{policy}' and may drop jobs; set maxmemory-policy noeviction"


def _absent(processes: Iterable[Process]) -> list[str]:
    warnings = []
    here = [process for process in processes if process.status is ProcessStatus.ONLINE]
    workers = [process for process in here if process.type == "worker"]
    if not any(process.type == "scheduler" for process in here):
        warnings.append(f"{NO_SCHEDULER}: nothing becomes due; start one with `multijob scheduler`")
    if not workers:
        warnings.append(f"{NO_WORKER}: runs wait; start one with `multijob worker`")
    if workers and not any(process.takes_runs for process in workers):
        warnings.append("every worker drains: runs wait; start another one, and stop those")
    return warnings


def _unserved(pools: Iterable[Pool]) -> list[str]:
    return [
        f"no worker of pool {pool.name} is online: {pool.depth} of its runs wait; "
        f"start one with `WORKER_POOL={pool.name} multijob worker`"
        for pool in pools
    ]


def _paused(found: pauses.Pauses) -> list[str]:
    """Say what is paused at large; not by whom, because anybody may read this."""
    warnings = []
    if found.everything:
        warnings.append("everything is paused: nothing new begins; go on with `multijob resume`")
    for priority in found.queues:
        warnings.append(f"priority {priority} is paused; go on with `multijob resume --priority {priority}`")
    return warnings
