"""Typed calls by which notices are made, taken and ended, and silent processes are told of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runners.engine import clock
from runners.engine.audit import Entry
from runners.engine.clock import MILLISECOND
from runners.engine.events import EventType
from runners.engine.notifications.routing import Notice
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store
from runners.engine.store.deliveries import event_from, event_text
from runners.engine.store.event_log import Event
from runners.engine.store.processes import Process

HOUR_SEC = 3600
LOST = {
    "web": EventType.SYSTEM_API_LOST,
    "worker": EventType.SYSTEM_WORKER_LOST,
    "scheduler": EventType.SYSTEM_SCHEDULER_LOST,
    "connector": EventType.SYSTEM_CONNECTOR_LOST,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """One delivery that this process sends now. `event` is None of a test and of the notice that a limit is reached.

    `attempt` counts from 1; `repeats` is how often the same came untold since the last notice.
    """

    delivery_id: str
    attempt: int
    kind: str
    rule_id: str
    event: Event | None
    repeats: int
    created_at: datetime


def plan(store: Store, expected: str, upto: str, notices: Sequence[Notice], now: datetime) -> bool:
    """Note that rules were asked about all events up to `upto`, and make their deliveries, in one step.

    Returns False when somebody else got further than `expected` meanwhile; then nothing was done.
    """
    hour = clock.to_ms(now) // 1000 // HOUR_SEC
    parts: list[str | int] = []
    for one in notices:
        content, repeat_ms = one.rule.content, one.rule.repeat // MILLISECOND
        parts += [one.delivery_id, one.rule.rule_id, one.same_as, repeat_ms, hour, content.max_per_hour]
        parts.append(event_text(one.event))
    return str(call(store, "notify_plan", expected, upto, len(notices), *parts)[0]) == "ok"


def make_test(store: Store, entry: Entry, delivery_id: str, rule_id: str) -> None:
    """Make one delivery that shows whether the rule's channel works, with the audit `entry`."""
    audited(store, entry, "notify_test", delivery_id, rule_id)


def take(store: Store, lease: timedelta, most: int, busy_rules: Iterable[str], turn: int = 0) -> list[Taken]:
    """Take at most `most` due deliveries, one of each rule and none of `busy_rules`; each is one's own for `lease`.

    The oldest thousand are looked at, and a thousand of the rest, other ones by each `turn`.
    """
    busy = list(busy_rules)
    flat = [str(part) for part in call(store, "notify_take", lease // MILLISECOND, most, turn, len(busy), *busy)]
    return [_taken(flat[start : start + 7]) for start in range(0, len(flat), 7)]


def end(
    store: Store, taken: Taken, outcome: str, *, wait: timedelta, took: timedelta, error: str, channel: str
) -> bool:
    """End an attempt: `sent`, `failed`, or `again` after `wait`. False when a newer attempt has begun by now."""
    about = {"delivery_id": taken.delivery_id, "rule_id": taken.rule_id, "channel": channel, "attempt": taken.attempt}
    said = json.dumps(about | ({"error": error} if error else {}))
    numbers = (wait // MILLISECOND, took // MILLISECOND)
    return str(call(store, "notify_end", taken.delivery_id, taken.attempt, outcome, *numbers, error, said)) == "ok"


def mourn(store: Store, process: Process) -> bool:
    """Say, once for each silence, that the process fell silent without a goodbye."""
    beat_ms = clock.to_ms(process.last_heartbeat_at)
    about = {"process_id": process.id, "host": process.host, "pid": process.pid, "beat_ms": beat_ms}
    return bool(call(store, "mourn", process.id, beat_ms, LOST[process.type], json.dumps(about)))


def _taken(row: Sequence[str]) -> Taken:
    delivery_id, attempt, kind, rule_id, event, repeats, created = row
    return Taken(delivery_id, int(attempt), kind, rule_id, event_from(event), int(repeats), clock.from_ms(int(created)))
