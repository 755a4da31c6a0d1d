"""The processes: who is missing, silent, of another version or mode, or on a machine whose clock is off."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from runners.doctor.finding import Finding
from runners.engine.pool import DEFAULT
from runners.engine.store.connection import Store
from runners.engine.store.pools import read_pools
from runners.engine.store.processes import Process, ProcessStatus, list_processes, online
from runners.engine.version import VERSION

MOST_SKEW = timedelta(seconds=2)
TOLD_FOR = timedelta(hours=1)
"""A process that died longer ago has been replaced, or is missed."""
WITHOUT = {"scheduler": "nothing becomes due", "worker": "runs wait"}


def fleet(store: Store) -> Iterator[Finding]:
    """Yield what is known of the processes of the last day."""
    known, now = list_processes(store), store.now()
    alive = [process for process in known if process.status is not ProcessStatus.OFFLINE]
    yield from _missing(store, known)
    yield _mode(store, alive)
    for process in known:
        silent = now - process.last_heartbeat_at
        if process.status is not ProcessStatus.ONLINE and not process.left_at and silent < TOLD_FOR:
            seconds = silent.total_seconds()
            told = f"{process.id} has been silent for {seconds:.0f} s and said no goodbye"
            hint = "was it killed, or can it not reach the server? see its log; this is told for an hour"
            yield Finding("processes", False, f"{told}: {hint}")
        elif process.last_heartbeat_at > now + MOST_SKEW:
            yield Finding("clock", False, f"{process.id} beat in the future: the server's clock was set back")
    for process in alive:
        if abs(process.skew) > MOST_SKEW:
            seconds = process.skew.total_seconds()
            yield Finding("clock", False, f"the clock of {process.host} is {seconds:+.1f} s off ({process.id})")
        if process.version != VERSION:
            yield Finding("version", False, f"{process.id} is {process.version}, this is {VERSION}: restart it")


def _missing(store: Store, known: Sequence[Process]) -> Iterator[Finding]:
    """A deployment that has jobs needs a scheduler and a worker; one that has none has not begun."""
    there = online(known)
    jobs: Any = store.redis.zcard(store.keys.jobs)
    for kind, without in WITHOUT.items():
        if jobs and not there[kind]:
            yield Finding("processes", False, f"no {kind} is online: {without}; start one with `multijob {kind}`")
    for pool in read_pools(store, known):
        if pool.unserved and pool.name != DEFAULT:
            how = f"{pool.depth} of its runs wait; start one with `WORKER_POOL={pool.name} multijob worker`"
            yield Finding("processes", False, f"no worker of pool {pool.name} is online: {how}")
    seen = ", ".join(f"{number} {kind}" for kind, number in sorted(there.items())) or "none"
    yield Finding("processes", True, f"online: {seen}")


def _mode(store: Store, alive: Sequence[Process]) -> Finding:
    """Compare the mode that is recorded with what the server is found to allow."""
    recorded: Any = store.redis.hget(store.keys.mode, "name")
    if recorded is None or recorded == store.mode.name:
        return Finding(
            "mode", True, f"{store.mode.name}, as recorded" if recorded else f"{store.mode.name}; none is recorded"
        )
    then = "stop every process, then start all again" if alive else "the next start records it"
    return Finding("mode", not alive, f"recorded is {recorded}, and the server allows {store.mode.name}: {then}")
