"""Retention drops the oldest history, in batches, with every trace of it, and never what is active."""

import pytest

from runners.engine.events import EventType
from runners.engine.protocol.events import append
from runners.engine.run import RunStatus
from runners.engine.store import events, retention
from runners.engine.store.event_log import EventFilter
from runners.engine.store.run_index import RunFilter
from runners.engine.store.runs import list_runs
from tests.store.making import finished, save, start


def left(platform):
    return [run.run_id for run in list_runs(platform.store, RunFilter(), limit=100).rows]


def test_runs_go_when_they_are_too_old(clocked, clock):
    save(clocked)
    finished(clocked)
    clock.advance(days=30, seconds=1)
    young = finished(clocked)

    gone = retention.sweep(clocked.store, clock())

    assert gone == 1
    assert left(clocked) == [young.run_id]


def test_the_oldest_runs_go_when_there_are_too_many(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "RUNS_KEPT", 2)
    save(clocked)
    made = []
    for _ in range(4):
        made.append(finished(clocked).run_id)
        clock.advance(seconds=1)

    retention.sweep(clocked.store, clock())

    assert left(clocked) == made[:1:-1]


def test_an_active_run_stays_however_old_it_is(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "RUNS_KEPT", 0)
    save(clocked)
    active = start(clocked)
    clock.advance(days=60)

    assert retention.sweep(clocked.store, clock()) == 0
    assert left(clocked) == [active.run_id]


def test_nothing_of_a_dropped_run_is_left(clocked, clock):
    save(clocked, inputs={"flow_group": "bank"})
    run = finished(clocked, error="no")
    clock.advance(days=31)

    retention.sweep(clocked.store, clock())

    keys = clocked.store.keys
    indexes = [("job", "daily"), ("flow", "bank"), ("status", RunStatus.FAILED), ("source", "manual")]
    assert not clocked.store.redis.exists(keys.run(run.run_id), *(keys.runs_of(*index) for index in indexes))


def test_one_sweep_drops_a_batch_at_most(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    save(clocked)
    for _ in range(3):
        finished(clocked)
    clock.advance(days=31)

    assert [retention.sweep(clocked.store, clock()) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize(("written", "kept"), [(7, 7), (8, 5)])
def test_events_are_trimmed_to_their_number_once_the_slack_is_used_up(platform, monkeypatch, written, kept):
    monkeypatch.setattr(retention, "EVENTS_KEPT", 5)
    monkeypatch.setattr(retention, "EVENTS_SLACK", 2)
    for _ in range(written):
        append(platform.store, EventType.JOB_UPDATED, job_id="daily")

    retention.sweep(platform.store, platform.store.now())

    everything = events.list_events(platform.store, EventFilter(), limit=100)
    of_the_job = events.list_events(platform.store, EventFilter(job_id="daily"), limit=100)
    assert (everything.total, of_the_job.total) == (kept, kept)
    assert everything.rows == of_the_job.rows
