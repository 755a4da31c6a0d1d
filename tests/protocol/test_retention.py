"""Retention drops the oldest history, in batches, with every trace of it, and never what is active."""

from datetime import timedelta

import pytest

from runners.engine import operations
from runners.engine.errors import NotFound
from runners.engine.events import EventType
from runners.engine.protocol import retention
from runners.engine.protocol.events import append
from runners.engine.run import RunStatus
from runners.engine.store import events
from runners.engine.store.event_log import EventFilter
from runners.engine.store.ledger import read_ledger
from runners.engine.store.run_index import RunFilter
from runners.engine.store.runs import list_runs
from tests.protocol.sweeping import sweep
from tests.store.making import ADMIN, claim, finished, save, start, succeed


@pytest.fixture(params=["streams-redis7", "memory"])
def mode(request):
    """A real server, and fakeredis."""
    return request.param


def left(platform):
    return [run.run_id for run in list_runs(platform.store, RunFilter(), limit=100).rows]


def test_runs_go_when_they_are_too_old(clocked, clock):
    save(clocked)
    finished(clocked)
    clock.advance(days=30, seconds=1)
    young = finished(clocked)

    assert sweep(clocked) == 1
    assert left(clocked) == [young.run_id]


def test_the_age_of_a_run_counts_from_its_end(clocked, clock):
    save(clocked)
    start(clocked)
    clock.advance(days=40)
    succeed(clocked, *claim(clocked))

    assert sweep(clocked) == 0
    clock.advance(days=30, seconds=1)
    assert sweep(clocked) == 1


def test_the_oldest_runs_go_when_there_are_too_many(clocked, clock):
    save(clocked)
    made = []
    for error in (None, "no", None, "no"):
        made.append(finished(clocked, error=error).run_id)
        clock.advance(seconds=1)

    assert sweep(clocked, runs_kept=2) == 2
    assert left(clocked) == made[:1:-1]


def test_active_runs_stay_however_old_and_keep_nothing_else_from_going(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    save(clocked)
    active = [start(clocked).run_id for _ in range(4)]
    clock.advance(days=1)
    claim(clocked)
    for _ in range(3):
        run = start(clocked)
        clocked.store.redis.zadd(clocked.store.keys.pending("critical"), {run.run_id: 0})
        operations.cancel_run(clocked, ADMIN, run.run_id)
    clock.advance(days=60)

    assert sweep(clocked, runs_kept=0) == 3
    assert sorted(left(clocked)) == sorted(active)


def test_an_active_run_stays(stage):
    stage.queue(2)
    stage.take()
    stage.clock.advance(days=60)

    stage.sweep(0)

    assert stage.store.redis.zcard(stage.store.keys.runs) == 2, "I9: an active run vanished"


def test_nothing_of_a_dropped_run_is_left(clocked, clock):
    save(clocked, inputs={"flow_group": "bank"})
    run = finished(clocked, error="no")
    before = set(clocked.store.redis.keys("*"))
    clock.advance(days=31)

    sweep(clocked)

    keys = clocked.store.keys
    indexes = [("job", "daily"), ("flow", "bank"), ("status", RunStatus.FAILED), ("source", "manual")]
    gone = {
        keys.run(run.run_id),
        keys.tracebacks(run.run_id),
        keys.runs,
        *(keys.runs_of(*index) for index in indexes),
    }
    assert gone <= before
    assert not gone & set(clocked.store.redis.keys("*"))


def test_records_that_broke_go_with_their_age(clocked, clock):
    save(clocked)
    gone, broken = finished(clocked), finished(clocked)
    clocked.store.redis.delete(clocked.store.keys.run(gone.run_id))
    clocked.store.redis.hset(clocked.store.keys.run(broken.run_id), "status", "zz")
    clocked.store.redis.zrem(clocked.store.keys.runs_of("status", "success"), broken.run_id)
    clock.advance(days=31)

    assert sweep(clocked) == 2
    assert not clocked.store.redis.exists(clocked.store.keys.runs, clocked.store.keys.run(broken.run_id))


def test_one_sweep_drops_a_batch_at_most(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    save(clocked)
    for _ in range(4):
        finished(clocked)
    clock.advance(days=31)

    assert [sweep(clocked) for _ in range(3)] == [3, 1, 0]


def test_a_link_to_a_dropped_run_says_that_it_is_not_kept(clocked, clock):
    save(clocked)
    old = finished(clocked)
    clock.advance(days=31)
    finished(clocked)
    sweep(clocked)

    with pytest.raises(NotFound, match=r"of 2030-01-01T00:00:00Z is not kept any more: .* from 2030-02-01T00:00:00Z"):
        operations.get_run(clocked, ADMIN, old.run_id)
    with pytest.raises(NotFound, match="'run_zzzzzzzzzz_222222222222' does not exist"):
        operations.get_run(clocked, ADMIN, "run_zzzzzzzzzz_222222222222")


@pytest.mark.parametrize(("written", "kept"), [(5, 5), (8, 5)])
def test_events_are_trimmed_to_their_number(platform, written, kept):
    for _ in range(written):
        append(platform.store, EventType.JOB_UPDATED, job_id="daily")

    sweep(platform, events_kept=5)

    everything = events.list_events(platform.store, EventFilter(), limit=100)
    of_the_job = events.list_events(platform.store, EventFilter(job_id="daily"), limit=100)
    assert (everything.total, of_the_job.total) == (kept, kept)
    assert everything.rows == of_the_job.rows


def test_old_events_go_but_never_the_newest_of_all(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "EVENTS_ALWAYS_KEPT", 3)
    for day in range(6):
        append(clocked.store, EventType.JOB_UPDATED, {"day": day}, job_id="daily")
        clock.advance(days=1)

    sweep(clocked, events_kept_for=timedelta(days=5))
    assert [row.data["day"] for row in events.list_events(clocked.store, EventFilter(), limit=9).rows] == [
        1,
        2,
        3,
        4,
        5,
    ]
    clock.advance(days=90)
    sweep(clocked)
    assert [row.data["day"] for row in events.list_events(clocked.store, EventFilter(), limit=9).rows] == [3, 4, 5]


def test_decisions_go_with_their_age_a_few_jobs_at_a_time(stage, monkeypatch):
    monkeypatch.setattr(retention, "JOBS_AT_ONCE", 2)
    for name in ("a", "b", "c"):
        stage.save(name, every=3600, overlap=True)
    stage.tick(hours=1)
    stage.work_off()
    stage.tick(days=91)
    stage.checking = False

    gone = []
    for _ in range(3):
        gone.append(sum(len(stage.ledger(name)) for name in ("a", "b", "c")))
        sweep(stage.platform)

    assert [len(stage.ledger(name)) for name in ("a", "b", "c")] == [1, 1, 1]
    assert read_ledger(stage.store, "a", 10).dropped > 0
    assert gone == [6, 4, 3]


def test_a_deleted_job_is_cleared_away_once_no_run_of_it_is_kept(clocked, clock):
    save(clocked)
    finished(clocked)
    operations.delete_job(clocked, ADMIN, "daily")
    keys, redis = clocked.store.keys, clocked.store.redis
    clock.advance(days=100)

    sweep(clocked, runs_kept_for=timedelta(days=200))
    assert redis.hget(keys.last_versions, "daily") == "1"
    clock.advance(days=110)
    sweep(clocked)
    sweep(clocked)
    assert not redis.exists(keys.versions("daily"), keys.ledger("daily"), keys.incarnations, keys.last_versions)
    assert not redis.exists(keys.ledgers_dropped)
    assert not redis.exists(keys.gone_jobs)


def test_a_job_that_is_made_again_is_not_cleared_away(clocked, clock):
    save(clocked)
    operations.delete_job(clocked, ADMIN, "daily")
    save(clocked)
    clock.advance(days=100)

    sweep(clocked)

    assert clocked.store.redis.hget(clocked.store.keys.last_versions, "daily") == "2"
    assert operations.get_job(clocked, ADMIN, "daily").version == 2


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_the_consumers_of_dead_workers_go_with_what_a_stranger_read_under_such_a_name(stage, monkeypatch):
    monkeypatch.setattr(retention, "CONSUMER_IDLE", timedelta(0))
    stage.queue(3)
    stage.take(1, "dead")
    stage.take(1, "alive")
    stage.store.redis.xreadgroup("workers", "stranger", {stage.store.keys.stream("normal"): ">"})
    stage.store.redis.zadd(stage.store.keys.processes, {"alive": stage.clock.at.timestamp() * 1000})

    def names():
        return {row["name"] for row in stage.store.redis.xinfo_consumers(stage.store.keys.stream("normal"), "workers")}

    assert names() == {"dead", "alive", "stranger"}
    sweep(stage.platform)

    assert names() == {"alive"}
    assert stage.messages() == 0
    stage.clock.advance(seconds=31)
    sweep(stage.platform)
    assert names() == set()


def test_the_journal_of_an_agent_goes_with_its_run(clocked, clock):
    save(clocked)
    run = finished(clocked)
    keys = [clocked.store.keys.steps(run.run_id), clocked.store.keys.talk(run.run_id)]
    for key in keys:
        clocked.store.redis.hset(key, "1", "{}")
    clock.advance(days=31)

    assert sweep(clocked) == 1
    assert clocked.store.redis.exists(*keys) == 0


def test_a_kind_that_the_server_refuses_to_sweep_keeps_no_other_from_it(clocked, clock):
    save(clocked)
    finished(clocked)
    broken = clocked.store.keys.runs_of("status", "failed")
    clocked.store.redis.set(broken, "of another type")
    append(clocked.store, EventType.SYSTEM_WORKER_STARTED)

    clock.advance(days=1000)
    sweep(clocked)

    assert left(clocked) != []
    assert clocked.store.redis.llen(clocked.store.keys.ledger("daily")) == 0
