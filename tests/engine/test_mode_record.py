"""One queue mode binds a deployment while a process that uses it lives; afterwards the next one may change it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from runners.engine.errors import ModeRefused
from runners.engine.protocol import mode as protocol_mode
from runners.engine.store import events, processes
from runners.engine.store.connection import Mode
from runners.engine.store.events import EventFilter


def in_mode(platform, name):
    return replace(platform.store, mode=Mode(name, "none", "here"))


def beat(store, process_id):
    said = processes.ProcessBeat(process_id, "worker", "here", 1, "1", datetime(2030, 1, 1, tzinfo=UTC), "idle")
    processes.beat(store, said)


def changes(store):
    return list(events.list_events(store, EventFilter(event_type="system.mode_changed"), 10, 0).rows)


def recorded(store):
    return store.redis.hget(store.keys.mode, "name")


def test_the_first_process_records_its_mode(clocked):
    store = in_mode(clocked, "streams")

    protocol_mode.record(store, "one")

    assert recorded(store) == "streams"
    assert changes(store) == []


def test_a_process_in_another_mode_is_refused_while_one_lives(clocked):
    streams, lists = in_mode(clocked, "streams"), in_mode(clocked, "lists")
    protocol_mode.record(streams, "one")
    beat(streams, "one")

    with pytest.raises(
        ModeRefused, match="mode 'lists': process 'one' still runs in mode 'streams'; stop every process"
    ):
        protocol_mode.record(lists, "two")

    protocol_mode.record(streams, "two")
    assert recorded(streams) == "streams"


@pytest.mark.parametrize("end", ["silence", "goodbye"])
def test_with_none_alive_the_next_process_changes_the_mode_and_says_so(clocked, clock, end):
    streams, lists = in_mode(clocked, "streams"), in_mode(clocked, "lists")
    protocol_mode.record(streams, "one")
    beat(streams, "one")
    if end == "silence":
        clock.advance(seconds=31)
    else:
        processes.goodbye(streams, "one")

    protocol_mode.record(lists, "two")

    assert recorded(lists) == "lists"
    assert [event.data for event in changes(lists)] == [{"from": "streams", "to": "lists", "process_id": "two"}]


def test_a_process_that_comes_back_in_another_mode_does_not_hold_itself_up(clocked):
    beat(in_mode(clocked, "streams"), "one")

    protocol_mode.record(in_mode(clocked, "lists"), "one")

    assert recorded(clocked.store) == "lists"


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_full_server_lets_a_process_record_its_mode(clocked):
    redis = clocked.store.redis
    protocol_mode.record(in_mode(clocked, "streams"), "one")
    redis.config_set("maxmemory", 1)

    try:
        protocol_mode.record(in_mode(clocked, "lists"), "two")
    finally:
        redis.config_set("maxmemory", 0)

    assert recorded(clocked.store) == "lists"
