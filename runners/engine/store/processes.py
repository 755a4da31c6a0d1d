"""Processes: who lives, what each is doing, and which handlers the workers announce.

Every process beats about every 2 s; a beat is one script. A silent process is stale after 10 s and offline after
30 s, or at once when it said goodbye; a day after its last beat it is forgotten.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from runners.engine import clock
from runners.engine.pause import Pause
from runners.engine.pool import DEFAULT
from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes, set_fields
from runners.engine.store.pauses import STAYS, Leaving, asked_of, leaving

STALE_AFTER = timedelta(seconds=10)
OFFLINE_AFTER = timedelta(seconds=30)
KEPT = timedelta(days=1)


class ProcessStatus(StrEnum):
    """How sure we are that a process lives."""

    ONLINE = "online"
    STALE = "stale"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ProcessBeat:
    """What a process says of itself. `type` is web, scheduler, worker or connector; `doing` is one line for people.

    `slots` is how many runs a worker executes at once, and `pool` whose runs they are; 0 and '' for the others.
    """

    id: str
    type: str
    host: str
    pid: int
    version: str
    started_at: datetime
    doing: str
    slots: int = 0
    pool: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A process as the others see it. `left_at` is when it said goodbye, None when it did not. `pool` is '' but of workers.

    `skew` is how far its machine's clock is ahead of the store's; no decision depends on it. `leads_since` is of the one
    scheduler that does what one is to do for all.
    """

    id: str
    type: str
    status: ProcessStatus
    last_heartbeat_at: datetime
    version: str
    host: str
    pid: int
    doing: str
    started_at: datetime
    left_at: datetime | None
    slots: int = 0
    skew: timedelta = timedelta()
    draining: Pause | None = None
    stopping: Pause | None = None
    pool: str = ""
    leads_since: datetime | None = None

    @property
    def takes_runs(self) -> bool:
        """True of a worker that is online, and was asked neither to drain nor to stop."""
        return self.type == "worker" and is_online(self) and not (self.draining or self.stopping)


def list_processes(store: Store) -> list[Process]:
    """Return every process that beat in the last day, by type and then by start; four round trips.

    A record that cannot be read is left out.
    """
    now = store.now()
    ids: Any = store.redis.zrangebyscore(store.keys.processes, clock.to_ms(now - KEPT), "+inf")
    pipeline = store.redis.pipeline(transaction=False)
    for process_id in ids:
        pipeline.hgetall(store.keys.process(process_id))
    pipeline.hgetall(store.keys.leader)
    *records, leader = read_hashes(pipeline)
    found = [one for pair in zip(ids, records, strict=True) if (one := _readable(*pair, now))]
    found = [replace(one, leads_since=_leads_since(one, leader, now)) for one in found]
    asked = leaving(store, [one.id for one in found if one.type == "worker"])
    named = (_asked(one, asked.get(one.id, STAYS)) for one in found)
    return sorted(named, key=lambda process: (process.type, process.started_at))


def is_online(process: Process) -> bool:
    """Say whether the process beat lately and has not left."""
    return process.status is ProcessStatus.ONLINE


def online(processes: Iterable[Process]) -> Counter[str]:
    """Return how many processes of each type are online."""
    return Counter(process.type for process in processes if is_online(process))


def takers(processes: Iterable[Process], pool: str) -> list[Process]:
    """Return the workers that take runs of the pool now."""
    return [process for process in processes if process.takes_runs and process.pool == pool]


def slots_online(processes: Iterable[Process]) -> int:
    """Return how many runs the workers that are online can execute at once."""
    return sum(process.slots for process in processes if is_online(process))


def publish_handlers(store: Store, process_id: str, schemas: Mapping[str, Mapping[str, Any]]) -> None:
    """Announce the handler types that a worker can run, with the JSON schemas of their inputs."""
    key = store.keys.handlers(process_id)
    pipeline = store.redis.pipeline()
    pipeline.delete(key)
    if schemas:
        set_fields(pipeline, key, {name: json.dumps(schema) for name, schema in schemas.items()})
        pipeline.expire(key, KEPT)
    pipeline.execute()


def announced_handlers(store: Store, processes: Iterable[Process]) -> dict[str, dict[str, Any]]:
    """Return the input schemas of all types that workers which are not offline announce, but for broken ones."""
    pipeline = store.redis.pipeline(transaction=False)
    for process in processes:
        if process.type == "worker" and process.status is not ProcessStatus.OFFLINE:
            pipeline.hgetall(store.keys.handlers(process.id))
    announced = (pair for found in read_hashes(pipeline) for pair in found.items())
    return {name: schema for name, text in announced if (schema := _schema(text)) is not None}


def forget(store: Store, now: datetime) -> int:
    """Drop the names of processes whose records have expired."""
    latest = clock.to_ms(now - KEPT)
    silent: Any = store.redis.zrangebyscore(store.keys.processes, "-inf", latest)
    if silent:
        store.redis.hdel(store.keys.paused, *(blocker for name in silent for blocker in asked_of(name)))
    number: Any = store.redis.zremrangebyscore(store.keys.processes, "-inf", latest)
    return int(number)


def _asked(process: Process, asked: Leaving) -> Process:
    return process if asked is STAYS else replace(process, draining=asked.drain, stopping=asked.stop)


def _leads_since(process: Process, leader: Mapping[str, str], now: datetime) -> datetime | None:
    """Return since when the process leads; None of every other one, and when its time is over."""
    ends = leader.get("until", "")
    leads = leader.get("name") == process.id and ends.isdecimal() and int(ends) > clock.to_ms(now)
    since = leader.get("since", "")
    return clock.from_ms(int(since)) if leads and since.isdecimal() else None


def _readable(process_id: str, fields: Mapping[str, str], now: datetime) -> Process | None:
    try:
        return _process(process_id, fields, now)
    except ValueError:
        return None


def _schema(text: str) -> dict[str, Any] | None:
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return schema if isinstance(schema, dict) else None


def _process(process_id: str, fields: Mapping[str, str], now: datetime) -> Process | None:
    beat_at, started_at = at(fields.get("beat_at")), at(fields.get("started_at"))
    if beat_at is None or started_at is None:
        return None
    left_at = at(fields.get("left_at"))
    return Process(
        id=process_id,
        type=fields.get("type", ""),
        status=ProcessStatus.OFFLINE if left_at else heard(now - beat_at),
        last_heartbeat_at=beat_at,
        version=fields.get("version", ""),
        host=fields.get("host", ""),
        pid=int(fields.get("pid") or 0),
        doing=fields.get("doing", ""),
        started_at=started_at,
        left_at=left_at,
        slots=int(fields.get("slots") or 0),
        skew=timedelta(milliseconds=int(fields.get("skew_ms") or 0)),
        pool=fields.get("pool") or (DEFAULT if fields.get("type") == "worker" else ""),
    )


def heard(silence: timedelta) -> ProcessStatus:
    """Return what a silence of this length means."""
    if silence <= STALE_AFTER:
        return ProcessStatus.ONLINE
    return ProcessStatus.STALE if silence <= OFFLINE_AFTER else ProcessStatus.OFFLINE
