"""Processes and connectors: online, stale and offline by the store's clock, and gone at a goodbye."""

from dataclasses import replace

import pytest

from runners.engine.protocol.presence import beat, goodbye
from runners.engine.store.chats import do
from runners.engine.store.connectors import (
    ConnectorState,
    ConnectorStatus,
    beat_connector,
    list_connectors,
    load_connector,
    moving,
)
from runners.engine.store.processes import (
    ProcessBeat,
    ProcessStatus,
    announced_handlers,
    forget,
    list_processes,
    online,
    publish_handlers,
)


def alive(platform, process_id="w1", kind="worker", doing="idle"):
    beat(platform.store, ProcessBeat(process_id, kind, "host", 7, "0.1.0", platform.store.now(), doing))


@pytest.mark.parametrize(
    ("silence", "status"),
    [(0, "online"), (10, "online"), (10.001, "stale"), (30, "stale"), (30.001, "offline"), (86_400, "offline")],
)
def test_silence_means(clocked, clock, silence, status):
    alive(clocked)
    clock.advance(seconds=silence)

    (found,) = list_processes(clocked.store)

    assert found.status == status


def test_a_goodbye_is_believed_at_once_and_a_new_beat_too(clocked):
    alive(clocked)
    goodbye(clocked.store, "w1")
    assert list_processes(clocked.store)[0].status is ProcessStatus.OFFLINE

    alive(clocked, doing="2 runs")

    (found,) = list_processes(clocked.store)
    assert (found.status, found.doing, found.pid, found.left_at) == (ProcessStatus.ONLINE, "2 runs", 7, None)


def test_a_process_is_forgotten_after_a_day(clocked, clock):
    alive(clocked)
    clock.advance(days=1, seconds=1)

    assert list_processes(clocked.store) == []
    assert forget(clocked.store, clock()) == 1


def test_online_counts_by_type(clocked, clock):
    alive(clocked, "w1")
    clock.advance(seconds=20)
    alive(clocked, "w2")
    alive(clocked, "s1", "scheduler")

    assert online(list_processes(clocked.store)) == {"worker": 1, "scheduler": 1}


def test_handlers_are_announced_while_their_worker_lives(clocked, clock):
    alive(clocked, "w1")
    alive(clocked, "web1", "web")
    publish_handlers(clocked.store, "w1", {"own.type": {"type": "object"}})
    publish_handlers(clocked.store, "web1", {"web.type": {}})
    assert announced_handlers(clocked.store, list_processes(clocked.store)) == {"own.type": {"type": "object"}}

    clock.advance(seconds=31)

    assert announced_handlers(clocked.store, list_processes(clocked.store)) == {}


def test_a_worker_that_lives_for_days_stays_announced(clocked):
    publish_handlers(clocked.store, "w1", {"own.type": {}})
    clocked.store.redis.expire(clocked.store.keys.handlers("w1"), 60)

    alive(clocked, "w1")

    assert clocked.store.redis.ttl(clocked.store.keys.handlers("w1")) > 60


def test_a_new_announcement_replaces_the_old_one(clocked):
    alive(clocked, "w1")
    publish_handlers(clocked.store, "w1", {"a": {}, "b": {}})
    publish_handlers(clocked.store, "w1", {"b": {}})

    assert set(announced_handlers(clocked.store, list_processes(clocked.store))) == {"b"}


def test_a_connector_is_what_it_measured_until_it_is_silent(clocked, clock):
    state = ConnectorState("telegram", "default", ConnectorStatus.DEGRADED, clock(), "502", 3, offset=9)
    beat_connector(clocked.store, state)
    do(clocked.store, moving(clocked.store, "telegram", "default", 9, ""))
    assert list_connectors(clocked.store) == [state]

    clock.advance(seconds=31)

    (found,) = list_connectors(clocked.store)
    assert (found.status, found.last_error, found.offset) == (ConnectorStatus.OFFLINE, "502", 9)
    assert load_connector(clocked.store, "telegram", "none") is None


@pytest.mark.parametrize(("field", "text"), [("status", "zz"), ("", "")])
def test_a_connector_whose_record_is_broken_hides_no_other(clocked, clock, field, text):
    state = ConnectorState("telegram", "ops", ConnectorStatus.ONLINE, clock(), None, 0)
    for account in ("broken", "ops"):
        beat_connector(clocked.store, replace(state, account_id=account))
    record = clocked.store.keys.connector("telegram", "broken")
    if field:
        clocked.store.redis.hset(record, field, text)
    else:
        clocked.store.redis.set(record, "of another type")

    assert list_connectors(clocked.store) == [state]
