"""Of the schedulers one leads: it sweeps for all. A change is told once with its reason, and nothing else rests on it."""

from datetime import timedelta

from runners.engine.protocol.leading import lead, leave
from runners.engine.protocol.presence import beat
from runners.engine.store.event_log import EventFilter
from runners.engine.store.events import list_events
from runners.engine.store.processes import ProcessBeat, list_processes

LIFE = timedelta(seconds=12)


def changes(platform):
    """Return each change of the leader: from whom to whom, and why."""
    rows = list_events(platform.store, EventFilter(event_type="scheduler.leader_changed"), limit=100).rows
    return [(row.data["from"], row.data["to"], row.data["why"]) for row in rows]


def leaders(platform):
    return [one.id for one in list_processes(platform.store) if one.leads_since]


def test_the_first_to_ask_leads_and_goes_on(clocked, clock):
    for _ in range(3):
        assert lead(clocked.store, "a", LIFE)
        assert not lead(clocked.store, "b", LIFE)
        clock.advance(seconds=11)

    assert changes(clocked) == [(None, "a", "first")]


def test_who_leaves_is_followed_at_once(clocked):
    lead(clocked.store, "a", LIFE)
    leave(clocked.store, "b")
    leave(clocked.store, "a")

    assert lead(clocked.store, "b", LIFE)
    assert not lead(clocked.store, "a", LIFE)
    assert changes(clocked) == [(None, "a", "first"), ("a", "b", "left")]


def test_who_is_silent_is_followed_when_its_time_is_over(clocked, clock):
    lead(clocked.store, "a", LIFE)
    clock.advance(seconds=11.999)
    assert not lead(clocked.store, "b", LIFE)
    clock.advance(seconds=0.001)

    assert lead(clocked.store, "b", LIFE)
    assert not lead(clocked.store, "c", LIFE)
    assert changes(clocked) == [(None, "a", "first"), ("a", "b", "silent")]


def test_a_clock_that_is_set_back_changes_no_leader_and_keeps_none_for_longer(clocked, clock):
    lead(clocked.store, "a", LIFE)
    clock.advance(days=-1)

    assert not lead(clocked.store, "b", LIFE)
    clock.advance(seconds=12)

    assert lead(clocked.store, "b", LIFE)
    assert changes(clocked) == [(None, "a", "first"), ("a", "b", "silent")]


def test_processes_say_who_leads_until_its_time_is_over(clocked, clock):
    for name in "ab":
        beat(clocked.store, ProcessBeat(name, "scheduler", "host", 7, "0.1.0", clock(), "ticking"))
    lead(clocked.store, "b", LIFE)

    assert leaders(clocked) == ["b"]
    clock.advance(seconds=12)
    assert leaders(clocked) == []
    lead(clocked.store, "a", LIFE)
    assert leaders(clocked) == ["a"]
    leave(clocked.store, "a")
    assert leaders(clocked) == []
