"""One queue mode binds a deployment while a process that uses it lives; afterwards the next one may change it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from runners.engine.errors import ModeRefused
from runners.engine.protocol import presence
from runners.engine.store import events, processes
from runners.engine.store.connection import Mode
from runners.engine.store.events import EventFilter
from tests.troubleshooting import symptom


def in_mode(platform, name):
    return replace(platform.store, mode=Mode(name, "none", "here"))


def join(store, process_id):
    presence.join(store, said_by(process_id))


def beat(store, process_id):
    return presence.beat(store, said_by(process_id))


def said_by(process_id):
    return processes.ProcessBeat(process_id, "worker", "here", 1, "1", datetime(2030, 1, 1, tzinfo=UTC), "idle")


def changes(store):
    return list(events.list_events(store, EventFilter(event_type="system.mode_changed"), 10, 0).rows)


def recorded(store):
    return store.redis.hget(store.keys.mode, "name")


def test_the_first_process_records_its_mode(clocked):
    store = in_mode(clocked, "streams")

    join(store, "one")

    assert recorded(store) == "streams"
    assert changes(store) == []


@pytest.mark.reproduces("It does not start", "`mode '…': process '…' still runs in mode '…'`")
def test_a_process_in_another_mode_is_refused_while_one_lives(clocked):
    streams, lists = in_mode(clocked, "streams"), in_mode(clocked, "lists")
    join(streams, "one")  # which is its first beat, too: nobody else gets in before the next

    with pytest.raises(
        ModeRefused, match="mode 'lists': process 'one' still runs in mode 'streams'; stop every process"
    ) as caught:
        join(lists, "two")

    assert symptom("`mode '…': process '…' still runs in mode '…'`").search(str(caught.value))
    join(streams, "two")
    assert recorded(streams) == "streams"


def test_only_one_of_two_modes_gets_in(clocked):
    refused = []
    for name in ("streams", "lists"):
        try:
            join(in_mode(clocked, name), f"one in {name}")
        except ModeRefused:
            refused.append(name)

    assert refused == ["lists"]


@pytest.mark.parametrize("end", ["silence", "goodbye"])
def test_with_none_alive_the_next_process_changes_the_mode_and_says_so(clocked, clock, end):
    streams, lists = in_mode(clocked, "streams"), in_mode(clocked, "lists")
    join(streams, "one")
    if end == "silence":
        clock.advance(seconds=31)
    else:
        presence.goodbye(streams, "one")

    join(lists, "two")

    assert recorded(lists) == "lists"
    assert [event.data for event in changes(lists)] == [{"from": "streams", "to": "lists", "process_id": "two"}]


def test_a_process_that_comes_back_in_another_mode_does_not_hold_itself_up(clocked):
    beat(in_mode(clocked, "streams"), "one")

    join(in_mode(clocked, "lists"), "one")

    assert recorded(clocked.store) == "lists"


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_full_server_lets_a_process_record_its_mode(clocked):
    redis = clocked.store.redis
    join(in_mode(clocked, "streams"), "one")
    presence.goodbye(clocked.store, "one")
    redis.config_set("maxmemory", 1)

    try:
        join(in_mode(clocked, "lists"), "two")
    finally:
        redis.config_set("maxmemory", 0)

    assert recorded(clocked.store) == "lists"


def test_an_emptied_store_does_not_know_a_process_any_more(clocked):
    join(clocked.store, "one")
    assert beat(clocked.store, "one")

    clocked.store.redis.flushall()

    assert not beat(clocked.store, "one")
    join(clocked.store, "one")
    assert recorded(clocked.store) == clocked.store.mode.name


def test_a_process_that_slept_notices_that_another_mode_is_in_use(clocked, clock):
    streams, lists = in_mode(clocked, "streams"), in_mode(clocked, "lists")
    join(streams, "one")
    clock.advance(seconds=31)
    join(lists, "two")

    assert not beat(streams, "one")
    with pytest.raises(ModeRefused):
        join(streams, "one")


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
def test_a_full_server_takes_beats_and_goodbyes(clocked, clock):
    redis, store = clocked.store.redis, clocked.store
    join(store, "one")
    redis.config_set("maxmemory", 1)
    clock.advance(seconds=31)

    try:
        assert beat(store, "one")
        assert processes.online(processes.list_processes(store))["worker"] == 1
        presence.goodbye(store, "one")
        assert processes.online(processes.list_processes(store))["worker"] == 0
    finally:
        redis.config_set("maxmemory", 0)
