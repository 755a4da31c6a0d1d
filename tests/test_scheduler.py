"""What the scheduler process adds to its ticks."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from redis.exceptions import OutOfMemoryError, RedisError

from runners.engine import operations
from runners.engine.protocol import retention
from runners.scheduler import BEYOND_CAP, GuardedScheduler
from tests.store.making import ADMIN, finished, save


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_ticks_are_counted_for_the_metrics(platform):
    scheduler = GuardedScheduler(platform)
    scheduler._tick_safely()
    scheduler._sweep_at = 0.0

    scheduler._tick_safely()

    counters = platform.store.redis.hgetall(platform.store.keys.metrics)
    assert sum(int(number) for name, number in counters.items() if name.startswith("tick|")) == 1
    assert "tick_ms" in counters


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_refused_batch_keeps_neither_upkeep_nor_beat_from_going_on(platform, monkeypatch):
    def refuse():
        raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'")

    scheduler, done = GuardedScheduler(platform), []
    monkeypatch.setattr(scheduler, "enqueue_jobs", refuse)
    monkeypatch.setattr(scheduler.upkeep, "step", lambda: done.append("upkeep"))
    monkeypatch.setattr(scheduler, "heartbeat", lambda: done.append("beat"))

    assert not scheduler._tick_safely()
    assert done == ["upkeep", "beat"]


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_sweep_that_is_refused_is_not_tried_again_in_every_tick(platform):
    keys, scheduler = platform.store.keys, GuardedScheduler(platform)
    platform.store.redis.set(keys.leader, "of another type")

    assert [scheduler._tick_safely() for _ in range(3)] == [False, True, True]


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_history_is_swept_as_the_settings_say_and_at_once_again_while_there_is_more(platform, monkeypatch):
    save(platform)
    for _ in range(5):
        finished(platform)
    scheduler = GuardedScheduler(replace(platform, settings=replace(platform.settings, runs_kept=1)))
    monkeypatch.setattr(retention, "BATCH", 3)
    left = []

    for _ in range(3):
        scheduler._sweep()
        left.append(platform.store.redis.zcard(platform.store.keys.runs))

    assert left == [2, 1, 1]


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_more_unreadable_jobs_than_a_tick_looks_at_keep_no_other_from_its_turn(platform, clock):
    clocked = replace(platform, store=replace(platform.store, clock=clock))
    settings = replace(clocked.settings, max_dispatch_per_tick=2)
    store, scheduler = clocked.store, GuardedScheduler(replace(clocked, settings=settings))
    broken = [f"broken-{number}" for number in range(BEYOND_CAP + 5)]
    for job_id in broken:
        store.redis.zadd(store.keys.due("regular"), {job_id: 1})
    save(clocked, "sound", schedule={"interval_sec": 5})
    clock.advance(seconds=5)

    looks = [look for _ in range(3) for look in scheduler.enqueue_jobs()]

    assert [look.job.job_id for look in looks if look.run_slot_at] == ["sound"]
    put_off = store.redis.zcount(store.keys.due("regular"), clock.at.timestamp() * 1000 + 1, "+inf")
    assert put_off == len(broken) + 1


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
@pytest.mark.parametrize(("away_before", "reason"), [(timedelta(0), "store_full"), (timedelta(hours=2), "coalesced")])
def test_what_a_full_store_let_nobody_look_at_says_so(clocked, clock, monkeypatch, away_before, reason):
    monkeypatch.setattr("runners.scheduler.time", SimpleNamespace(monotonic=lambda: clock.at.timestamp()))
    save(clocked, schedule={"interval_sec": 60})
    redis, scheduler = clocked.store.redis, GuardedScheduler(clocked)
    scheduler.enqueue_jobs()
    clock.advance(seconds=away_before.total_seconds())
    redis.config_set("maxmemory", "1")
    try:
        for _ in range(60):
            with pytest.raises(RedisError, match="OOM"):
                scheduler.enqueue_jobs()
            clock.advance(seconds=60)
        told = operations.explain(clocked, ADMIN, "daily").sentence
    finally:
        redis.config_set("maxmemory", "0")
    unattended = operations.explain(clocked, ADMIN, "daily").sentence

    scheduler.enqueue_jobs()

    missed, went = reversed(operations.decisions(clocked, ADMIN, "daily", 10).decisions)
    assert (missed.reason, went.outcome) == (reason, "dispatched")
    assert "the store is full" in told
    assert "no scheduler looks" in unattended
