"""Reaping: a dead worker's runs come back, due retries and expired runs move on."""

import pytest

from runners.engine.protocol import scripts, upkeep


def lost(stage, **changes):
    """Queue, claim, and let the lease run out."""
    stage.save(schedule=None, **changes)
    stage.ask()
    (claimed,) = stage.take()
    stage.clock.advance(seconds=31)
    return claimed


def test_a_lost_run_is_queued_again_with_the_next_attempt_and_a_mark(stage):
    claimed = lost(stage, max_retry=1)

    assert stage.reap() == {claimed.run_id: "requeued"}

    run = stage.run(claimed.run_id)
    assert (run.status, run.attempt, run.redelivered, run.attempts[0].outcome) == ("queued", 1, True, "lost")
    assert int(stage.store.redis.hget(stage.store.keys.run(claimed.run_id), "token")) > claimed.token


@pytest.mark.parametrize("changes", [{"max_retry": 0}, {"max_retry": 3, "on_worker_lost": "fail"}])
def test_a_lost_run_without_another_attempt_fails_as_lost(stage, changes):
    claimed = lost(stage, **changes)

    assert stage.reap() == {claimed.run_id: "failed"}
    run = stage.run(claimed.run_id)
    assert (run.failure_kind, run.error) == ("lost", "worker w1 stopped renewing its lease")


def test_a_run_that_loses_its_workers_to_the_end_is_listed(stage):
    claimed = lost(stage, max_retry=1)

    stage.reap()
    between = stage.store.redis.zrange(stage.store.keys.poison, 0, -1)
    stage.take()
    stage.clock.advance(seconds=31)
    stage.reap()

    assert between == []
    assert stage.store.redis.zrange(stage.store.keys.poison, 0, -1) == [claimed.run_id]


def test_a_lost_run_that_somebody_cancelled_ends_cancelled(stage):
    claimed = lost(stage, max_retry=1)
    stage.cancel(claimed.run_id)

    assert stage.reap() == {claimed.run_id: "cancelled"}


def test_a_lease_that_moved_since_the_first_look_is_alive(stage):
    claimed = lost(stage)
    seen = stage.store.redis.zscore(stage.store.keys.leases, claimed.run_id)
    stage.renew(claimed)

    assert upkeep.reap(stage.store, {claimed.run_id: int(seen)}) == {claimed.run_id: "alive"}
    assert stage.finish(claimed) == "success"


def test_two_reapers_take_a_run_back_once(stage):
    claimed = lost(stage, max_retry=5)
    seen = {claimed.run_id: int(stage.store.redis.zscore(stage.store.keys.leases, claimed.run_id))}

    words = [upkeep.reap(stage.store, seen)[claimed.run_id] for _ in range(2)]

    assert words == ["requeued", "alive"]
    assert stage.run(claimed.run_id).attempt == 1


def test_many_lost_runs_come_back_in_calls_that_are_short(stage, monkeypatch):
    monkeypatch.setattr(upkeep, "AT_ONCE", 2)
    calls = []
    monkeypatch.setattr(upkeep, "call", lambda *args: calls.append(args[2]) or scripts.call(*args))
    stage.queue(5, max_retry=1)
    taken = [one.run_id for one in stage.take(5)]
    stage.clock.advance(seconds=31)

    words = stage.reap()

    assert words == dict.fromkeys(taken, "requeued")
    assert [number for number in calls if number] == [2, 2, 1]


def test_a_lease_of_a_run_that_does_not_run_is_dropped(stage):
    (name,) = stage.queue(1)
    stage.store.redis.zadd(stage.store.keys.leases, {name: 1})

    assert stage.reap() == {name: "ghost"}


def test_a_due_retry_is_queued_at_its_time(stage):
    stage.save(schedule=None, max_retry=1)
    stage.ask()
    (claimed,) = stage.take()
    stage.fail(claimed)

    stage.clock.advance(milliseconds=999)
    stage.reap()
    early = stage.status(claimed.run_id)
    stage.clock.advance(milliseconds=1)
    stage.reap()

    assert (early, stage.status(claimed.run_id)) == ("retrying", "queued")
    assert stage.take()[0].fields["attempt"] == "1"


def test_a_retry_passes_over_every_guard(stage):
    stage.save(schedule=None, max_retry=1, threshold=1)
    stage.ask()
    (claimed,) = stage.take()
    stage.fail(claimed)
    stage.enable("daily", False)
    stage.set(pressure_high=1, pressure_low=0)
    stage.queue(2)
    stage.tick(seconds=1)

    stage.reap()

    assert stage.status(claimed.run_id) == "queued"


def test_a_queued_run_expires_at_its_time(stage):
    stage.save(schedule=None, expires_sec=60, threshold=1)
    _, name = stage.ask()

    stage.clock.advance(seconds=59.999)
    stage.reap()
    early = stage.status(name)
    stage.clock.advance(milliseconds=1)
    stage.reap()

    run = stage.run(name)
    assert (early, run.status, run.failure_kind) == ("queued", "failed", "expired")
    assert stage.store.redis.exists(stage.store.keys.memory("daily")) == 0


def test_a_reaped_runs_place_goes_to_who_waits_for_it(stage):
    stage.save("waits", every=60, flow="f")
    claimed = lost(stage, flow="f", flow_limit=1)
    stage.tick(seconds=29)
    assert stage.guard("waits") == "flow_limit"

    assert stage.reap() == {claimed.run_id: "failed"}

    assert stage.tick() == {"waits": "ok"}


def test_a_clock_that_is_set_back_delays_no_next_attempt_and_no_expiry(stage):
    stage.save(schedule=None, max_retry=1, allow_overlap=True, expires_sec=60)
    stage.ask()
    stage.fail(stage.take()[0])
    _, waiting = stage.ask(key="2")
    stage.reap()

    stage.clock.advance(days=-1)
    stage.reap()
    stage.clock.advance(seconds=2)
    stage.reap()

    assert stage.events("run.queued") == ["run.queued"] * 3
    stage.clock.advance(seconds=60)
    stage.reap()
    assert stage.run(waiting).failure_kind == "expired"


def test_a_clock_that_is_set_back_makes_no_cooldown_longer(stage):
    stage.save(schedule=None, max_retry=0, threshold=1, cooldown=60)
    stage.ask()
    stage.fail(stage.take()[0])
    stage.reap()

    stage.clock.advance(days=-1)
    stage.reap()

    assert stage.ask(key="2")[0] == "cooldown"
    stage.clock.advance(seconds=61)
    assert stage.ask(key="3")[0] == "ok"


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
def test_what_waits_is_moved_with_the_clock_a_part_in_each_call_and_once(clocked, clock):
    store, number = clocked.store, 1200
    now_ms = clock.at.timestamp() * 1000
    upkeep.reap(store, {})
    store.redis.zadd(store.keys.expiries, {f"run_{each}": now_ms + 9e7 for each in range(number)})
    clock.advance(hours=-1)
    moved = []
    for _ in range(4):
        upkeep.reap(store, {})
        moved.append(store.redis.zcount(store.keys.expiries, "-inf", now_ms + 9e7 - 3.6e6))

    assert moved == [500, 1000, number, number]
