"""The thread that tells, in every scheduler, worker and connector; one of them at a time does the work.

Which one is a matter of an expiring key that saves double work. Safety rests on the scripts: a place in the event log is
left by compare-and-set together with the deliveries that it wants, and only a delivery's newest attempt may end it.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from types import TracebackType
from typing import Any
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from runners.engine import clock
from runners.engine.errors import Unreadable
from runners.engine.notifications.listening import heard, once_each
from runners.engine.notifications.routing import JobFacts, asks_for, route
from runners.engine.notifications.rule import Rule, stored_rule
from runners.engine.platform import Platform
from runners.engine.protocol import notify
from runners.engine.protocol.notify import Taken
from runners.engine.store import events, jobs, processes
from runners.engine.store.event_log import PER_MS, Event, EventFilter
from runners.engine.store.listeners import load_listeners
from runners.engine.store.processes import OFFLINE_AFTER, ProcessStatus
from runners.engine.store.records import load_records, names
from runners.engine.store.turns import give_up, has_turn
from runners.notifier.sending import send
from runners.repeating import Repeating

LOG = structlog.get_logger("runners.notifier")
EVERY_SEC = 1.0
TURN_MS = 5_000
AT_ONCE = 4
OF_ONE_LOOK = 2_000
LEASE = timedelta(seconds=90)
"""Longer than an attempt takes, so that nobody else takes what is being sent. Only with a mail server that is late with one
answer after another may two send the same; the message has one id.
"""
MOURN_SEC = 5.0


class Notifier:
    """One process's share of the telling. `step` does what is to be done now, and never waits for a channel."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._name = uuid4().hex
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="notice")
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._steady_since: float | None = None
        self._mourn_at = 0.0
        self._turns = count()

    def step(self) -> None:
        """Tell, if it is this process's turn. Raises RedisError."""
        store = self.platform.store
        if not has_turn(store, store.keys.notifier, self._name, TURN_MS):
            self._steady_since = None
            return
        self._steady_since = self._steady_since or time.monotonic()
        self._mourn()
        while self._look():
            pass
        self._send_due()

    def unsettle(self) -> None:
        """Note that the store was away: for a while nobody's silence means anything."""
        self._steady_since = None

    def close(self) -> None:
        """Give the turn up and begin nothing more; what is being sent ends by itself, or is sent again by another."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        give_up(self.platform.store, self.platform.store.keys.notifier, self._name)

    def _look(self) -> bool:
        """Ask the rules about the next events; True when there may be more. Rules are read after the events' end is known,
        so that a rule hears of all that happens once it stands."""
        store = self.platform.store
        newest: str = events.last_id(store)
        until: Any = store.redis.get(store.keys.notified_until) or ""
        if until == newest:
            return False
        rules = heard(load_rules(self.platform), load_listeners(store), store.now())
        if not any(rule.content.enabled for rule in rules):
            return not notify.plan(store, until, newest, [], store.now())
        start = until or str(clock.to_ms(min(rule.made_at for rule in rules)) * PER_MS)  # nobody has looked yet
        found = events.tail(store, start, EventFilter(), limit=OF_ONE_LOOK)
        after = found.after_id
        notices = once_each(route(found.events, rules, self._facts(found.events, rules)))
        notify.plan(store, until, after, notices, store.now())
        return after not in (newest, start)

    def _facts(self, found: tuple[Event, ...], rules: list[Rule]) -> dict[str, JobFacts]:
        known = jobs.load_jobs(self.platform.store, sorted(asks_for(found, rules)))
        return {name: JobFacts(frozenset(job.spec.tags), job.controls.flow_group) for name, job in known.items()}

    def _send_due(self) -> None:
        with self._lock:
            busy, free = set(self._busy), AT_ONCE - len(self._busy)
        if free <= 0:
            return
        for taken in notify.take(self.platform.store, LEASE, free, busy, next(self._turns)):
            with self._lock:
                self._busy.add(taken.rule_id)
            self._pool.submit(self._send, taken)

    def _send(self, taken: Taken) -> None:
        try:
            send(self.platform, taken)
        except RedisError as error:  # its lease runs out, and it is taken again
            LOG.warning("store.away", error=str(error))
        except Exception as error:
            LOG.error("notice.failed", delivery_id=taken.delivery_id, exc_info=error)
        finally:
            with self._lock:
                self._busy.discard(taken.rule_id)

    def _mourn(self) -> None:
        """Say which processes fell silent, once this one has seen the store long enough to tell their silence from its own."""
        now = time.monotonic()
        if now < self._mourn_at or now - (self._steady_since or now) < OFFLINE_AFTER.total_seconds():
            return
        self._mourn_at = now + MOURN_SEC
        for process in processes.list_processes(self.platform.store):
            silent = process.status is ProcessStatus.OFFLINE and process.left_at is None
            if silent and process.type in notify.LOST:
                notify.mourn(self.platform.store, process)


def load_rules(platform: Platform) -> list[Rule]:
    """Return every rule that can be read."""
    found = load_records(platform.store, "rule", names(platform.store, "rule"))
    rules = []
    for record in found.values():
        try:
            rules.append(stored_rule(record))
        except Unreadable as broken:
            LOG.error("rule.unreadable", rule_id=record.name, error=str(broken))
    return rules


class Notifying(Repeating):
    """Tells in a thread of its own while the block runs."""

    every_sec, patience = EVERY_SEC, 3.0

    def __init__(self, platform: Platform) -> None:
        super().__init__("telling")
        self._notifier = Notifier(platform)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        try:
            self._notifier.close()
        except RedisError as away:
            LOG.warning("store.away", error=str(away))

    def step(self) -> None:
        """Tell what there is; what was taken goes back when the store is away. Raises RedisError."""
        try:
            self._notifier.step()
        except RedisError:
            self._notifier.unsettle()
            raise
