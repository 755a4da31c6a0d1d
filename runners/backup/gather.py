"""What a backup holds, object by object, in an order in which nothing points at what is missing.

A backup is no single moment: each object is read in one of its own (`moment`). What holds all the same:

- Jobs come before runs, and all runs that were made since the first moment are kept, however few of the older ones: a slot that
  goes out in between is in the backup as its run, and does not go out again.
- Which runs are kept is settled before the first of them is read. So of two that may not be active together, the older one is
  read after it has ended. A running one is kept as lost, because nobody knows how it ended.
- A job that is made meanwhile is left to the next backup, and so are its runs; so are the runs of a version that an edit makes
  after its job was read: no run names a version that is not there.
- Records (accounts, rules, servers) are looked for once more after the jobs, which may name one that was made meanwhile.
- Events and the audit come last: nothing in the backup is newer than what they tell.

Which families of keys are in it, and why others are not, is told and held against it by `tests/backup/coverage.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from redis.exceptions import ResponseError

from runners.backup.moment import in_one_moment
from runners.backup.secrets import resealed
from runners.engine.clock import to_ms
from runners.engine.store import audit, copies
from runners.engine.store.access_copies import access_copies
from runners.engine.store.connection import Store
from runners.engine.store.delivery_copies import delivery_writes
from runners.engine.store.jobs import all_ids
from runners.engine.store.record_copies import record_writes
from runners.engine.store.records import NOUNS, Kind, names
from runners.engine.store.writes import AT_ONCE, Write, again, number
from runners.engine.vault import Vault

ROWS_OF_LINE = 200
LOST = "was running when the backup was made, which does not know how it ended"


@dataclass(frozen=True, slots=True)
class Piece:
    """One object: it is there when `key` exists; `writes` make it, `queued` are (run id, priority) that get a message."""

    kind: str
    name: str
    key: str
    writes: tuple[Write, ...]
    queued: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Gathering:
    """Reads a deployment. `lost` names secrets that no key here opens, `broken` records that nobody can read."""

    store: Store
    old: Vault
    new: Vault
    runs: int
    logs: bool
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _jobs: set[str] = field(default_factory=set)
    _versions: dict[str, int] = field(default_factory=dict)
    """The newest version of each kept job."""
    _kept: set[str] = field(default_factory=set)

    def pieces(self) -> Iterator[Piece]:
        """Yield every object but events and audit."""
        store, keys = self.store, self.store.keys
        yield in_one_moment(store, "what is set", [keys.paused, keys.suspended, keys.flows], _settings)
        yield from in_one_moment(store, "people and tokens", self._access_keys(), _access)
        yield from self._records()
        agents: Any = store.redis.zrange(keys.agents, 0, -1)
        for name in agents:
            yield from self._whole("agent", name, keys.agent(name), (), partial(_agent, name))
        began = to_ms(store.now())
        self._jobs = set(jobs := all_ids(store))
        for name in jobs:
            beside = (keys.versions, keys.memory, keys.ledger, keys.strip, keys.durations, keys.grants)
            yield from self._whole("job", name, keys.job(name), [key(name) for key in beside], partial(self._job, name))
        yield from self._records()
        gone: Any = store.redis.zrange(keys.gone_jobs, 0, -1)
        for name in gone:
            yield from self._whole("deleted job", name, keys.versions(name), (keys.ledger(name),), partial(_gone, name))
        for name in self._runs(began):
            yield from self._whole("run", name, keys.run(name), (keys.log(name),), partial(self._run, name))
        yield from self._answers()
        deliveries: Any = store.redis.zrange(keys.deliveries("all", "any"), 0, -1)
        for name in deliveries:
            yield from self._whole("delivery", name, keys.delivery(name), (), partial(_delivery, name))

    def events(self) -> Iterator[list[str]]:
        """Yield the rows of events, the oldest first, up to the newest of now."""
        low, last = "-inf", str(self.store.redis.get(self.store.keys.last_event) or "0")
        while True:
            rows: Any = self.store.redis.zrangebyscore(self.store.keys.events, low, last, start=0, num=ROWS_OF_LINE)
            if not rows:
                return
            yield rows
            low = f"({rows[-1].partition('|')[0]}"

    def audit(self) -> Iterator[list[tuple[float, str]]]:
        """Yield the rows of the audit's chain with their places, the oldest first."""
        rows: list[tuple[float, str]] = []
        for row, place in audit.walk(self.store):
            rows.append((place, row))
            if len(rows) == ROWS_OF_LINE:
                yield rows
                rows = []
        yield rows

    def _runs(self, began_ms: int) -> list[str]:
        """Return the runs to keep, the oldest first: all active ones, all that were made since then, and so many of the newest."""
        redis, keys = self.store.redis, self.store.keys
        newest: Any = redis.zrevrange(keys.runs, 0, self.runs - 1) if self.runs else []
        since: Any = redis.zrangebyscore(keys.runs, began_ms, "+inf")
        ids = dict.fromkeys([*reversed(newest), *since])
        active: Any = [redis.smembers(keys.active_of_job(job)) for job in sorted(self._jobs)]
        return [*(run for runs in active for run in sorted(runs) if run not in ids), *ids]

    def _access_keys(self) -> list[str]:
        keys = self.store.keys
        ids: Any = self.store.redis.hvals(keys.people_ids)
        return [keys.people_ids, keys.administrators, keys.tokens, keys.token_names, *map(keys.person, ids)]

    def _whole(
        self, kind: str, name: str, key: str, beside: Sequence[str], read: Callable[[Store], Piece | None]
    ) -> Iterator[Piece]:
        """Yield the object, unless it has gone; one whose record is broken is named."""

        def there(store: Store) -> Piece | None:
            return read(store) if store.redis.exists(key) else None

        try:
            piece = in_one_moment(self.store, f"{kind} '{name}'", [key, *beside], there)
        except (KeyError, ValueError, TypeError, ResponseError) as fault:
            if isinstance(fault, ResponseError) and "WRONGTYPE" not in str(fault):
                raise
            self.broken.append(f"{kind} '{name}': {fault!r}")
            return
        if piece is not None:
            self._kept.add(key)
            yield piece

    def _records(self) -> Iterator[Piece]:
        """Yield the records that were not yielded before."""
        for kind in NOUNS:
            for name in names(self.store, kind):
                key = self.store.keys.record(kind, name)
                if key not in self._kept:
                    yield from self._whole(kind, name, key, (), partial(self._record, kind, name))

    def _record(self, kind: Kind, name: str, store: Store) -> Piece:
        writes = resealed(kind, name, record_writes(store, kind, name), self.old, self.new, self.lost)
        return Piece(kind, name, store.keys.record(kind, name), tuple(writes))

    def _job(self, name: str, store: Store) -> Piece:
        self._versions[name] = int(store.redis.hget(store.keys.job(name), "version") or 0)
        return Piece("job", name, store.keys.job(name), tuple(copies.job_writes(store, name)))

    def _run(self, run_id: str, store: Store) -> Piece | None:
        keys, key = store.keys, store.keys.run(run_id)
        status, priority, job_id, version = store.redis.hmget(key, "status", "priority", "job_id", "job_version")
        if str(job_id) not in self._jobs and store.redis.exists(keys.job(str(job_id))):
            return None  # its job was made meanwhile
        if int(version or 0) > self._versions.get(str(job_id), int(version or 0)):
            return None  # its version was made meanwhile
        ended = copies.lost(LOST, to_ms(store.now())) if status == "running" else {}
        writes = copies.run_writes(store, run_id, ended)
        if not self.logs:
            writes = [write for write in writes if write[1] not in (keys.log(run_id), keys.logs)]
        queued = ((run_id, str(priority)),) if status == "queued" else ()
        return Piece("run", run_id, key, tuple(writes), queued)

    def _answers(self) -> Iterator[Piece]:
        """Yield which runs the keys of requests have made; nothing changes such an answer."""
        found = self.store.redis.scan_iter(match=self.store.keys.once("*"), count=AT_ONCE)
        for keys in iter(lambda: list(islice(found, AT_ONCE)), []):
            pipe = self.store.redis.pipeline(transaction=False)
            for key in keys:
                pipe.get(key)
                pipe.pttl(key)
            answers = pipe.execute()
            for key, run_id, left in zip(keys, answers[::2], answers[1::2], strict=True):
                if run_id and left > 0 and self.store.keys.run(run_id) in self._kept:
                    yield Piece("answer", run_id, key, (("SET", key, run_id, "PX", str(left)),))


def _settings(store: Store) -> Piece:
    """Pauses, limits of flow groups, refusals of somebody unknown, what agents have to remember, and numbers that outlive what had them."""
    keys, redis = store.keys, store.redis
    writes = [*copies.settings_writes(store), *again(store, keys.turned_away)]
    kinds: Any = redis.zrange(keys.turned_away_last, 0, -1, withscores=True)
    writes += [("ZADD", keys.turned_away_last, number(at), kind) for kind, at in kinds]
    gone: Any = redis.zrange(keys.gone_jobs, 0, -1, withscores=True)
    writes += [("ZADD", keys.gone_jobs, number(at), job) for job, at in gone]
    late: Any = redis.zrange(keys.unremembered, 0, -1, withscores=True)
    writes += [("ZADD", keys.unremembered, number(at), mark) for mark, at in late]
    for key in (keys.incarnations, keys.last_versions, keys.last_versions_of_people, keys.last_records):
        last: Any = redis.hgetall(key)
        writes += [("HSETMAX", key, name, value) for name, value in last.items()]
    return Piece("settings", "", "", tuple(writes))


def _access(store: Store) -> list[Piece]:
    return [Piece("access", copy.name, copy.key, copy.writes) for copy in access_copies(store)]


def _agent(name: str, store: Store) -> Piece:
    key = store.keys.agent(name)
    return Piece("agent", name, key, (*again(store, key), ("ZADD", store.keys.agents, "0", name)))


def _delivery(name: str, store: Store) -> Piece:
    return Piece("delivery", name, store.keys.delivery(name), tuple(delivery_writes(store, name)))


def _gone(name: str, store: Store) -> Piece:
    return Piece("deleted job", name, store.keys.versions(name), tuple(copies.gone_writes(store, name)))
