"""Worker pools: a run starts on a worker of its pool only, and within each pool all is as in a deployment that has one."""

import pytest

from runners.engine.protocol import upkeep
from runners.engine.protocol.work import claim_when_woken
from runners.engine.run import RunStatus
from tests.protocol.stage import FAR, LEASE


def ids(taken):
    return [one.run_id for one in taken]


def left(stage):
    """Return what the store keeps of pools, but for the pending sets."""
    names = ("pools", "wake:*", "takes:*", "stream:*:*", "list:*:*")
    return sorted(key for name in names for key in stage.store.redis.keys(stage.store.keys.prefix + name))


def test_a_run_starts_on_workers_of_its_pool_only(stage):
    near, far = stage.queue(2), stage.queue(2, "far", pool=FAR)

    assert stage.take(5, pool="other") == ()
    assert ids(stage.take(5)) == near
    assert ids(stage.take(5, pool=FAR)) == far
    assert {stage.run(name).pool for name in near} == {"default"}


def test_a_message_in_another_pools_queue_starts_nothing_there(stage):
    (name,) = stage.queue(1, pool=FAR)
    stage.push(name)
    stage.push(name, pool="other")

    assert (stage.take(5), stage.take(5, pool="other")) == ((), ())
    assert ids(stage.take(5, pool=FAR)) == [name]


def test_who_waits_for_the_pool_is_woken_and_nobody_else(stage):
    stage.queue(1, pool=FAR)

    tokens = [stage.store.redis.llen(stage.store.keys.wake(pool)) for pool in ("default", FAR)]
    answer = claim_when_woken(stage.store, "w1", LEASE, 5, 1, FAR)

    assert (tokens, len(answer.taken)) == ([0, 1], 1)


def test_a_run_comes_back_to_its_pool_however_it_comes_back(stage):
    (name,) = stage.queue(1, pool=FAR, max_retry=3)

    (claimed,) = stage.take(pool=FAR)
    stage.finish(claimed, "returned")
    (claimed,) = stage.take(pool=FAR)
    stage.fail(claimed)
    stage.clock.advance(seconds=5)
    stage.reap()
    assert stage.take(5) == ()
    (claimed,) = stage.take(pool=FAR)
    stage.clock.advance(seconds=LEASE.total_seconds() + 1)
    stage.reap()

    assert stage.take(5) == ()
    assert ids(stage.take(pool=FAR)) == [name]


def test_what_others_wait_for_changes_no_order_in_a_pool(stage):
    """Every eighth take serves the oldest head of its own pool, however long runs of another one have waited."""
    stage.queue(20, "stuck", pool=FAR)
    stage.clock.advance(seconds=1)
    (low,) = stage.queue(1, "low", priority="low")
    stage.clock.advance(seconds=1)
    stage.queue(20, "usual")
    stage.queue(20, "urgent", priority="critical")

    order = [one.run_id for _ in range(20) for one in stage.take()]

    assert order.index(low) <= 8


@pytest.mark.parametrize("priority", ["critical", "normal"])
def test_lost_messages_of_each_pool_are_pushed_again_to_it(stage, priority):
    near = stage.queue(2, priority=priority)
    far = stage.queue(2, "far", pool=FAR, priority=priority)
    stage.lose_messages(priority)
    stage.lose_messages(priority, FAR)

    assert stage.reconcile() == 4
    assert sorted(ids(stage.take(5, pool=FAR))) == sorted(far)
    assert sorted(ids(stage.take(5))) == sorted(near)


def test_runs_of_a_pool_without_workers_keep_no_other_from_being_found_again(stage, monkeypatch):
    monkeypatch.setattr(upkeep, "BATCH", 3)
    stage.queue(7, "stuck", pool=FAR)
    stage.clock.advance(seconds=1)
    near = stage.queue(2)
    stage.lose_messages()

    for _ in range(6):
        stage.reconcile()

    assert sorted(ids(stage.take(5))) == sorted(near)


@pytest.mark.parametrize("pool", ["default", FAR])
def test_a_message_lost_among_others_is_found_in_every_pool(stage, pool):
    names, taken = stage.queue(3, pool=pool), []
    stage.lose_one_message("normal", pool)
    stage.clock.advance(seconds=1)

    for _ in range(4):
        stage.reconcile()
        taken += ids(stage.take(5, pool=pool))

    assert sorted(taken) == sorted(names)


def test_nothing_stays_of_a_pool_in_which_nobody_waits(stage):
    _, goes, expires = stage.queue(3, "far", pool=FAR, expires_sec=60)
    (claimed,) = stage.take(pool=FAR)
    stage.finish(claimed)
    stage.cancel(goes)
    stage.clock.advance(seconds=61)
    stage.reap()
    assert stage.run(expires).status is RunStatus.FAILED
    assert stage.store.redis.sismember(stage.store.keys.pools, FAR)

    stage.reconcile()

    assert left(stage) == []


def test_a_clock_that_is_set_back_moves_who_waits_in_every_pool(stage):
    stage.reap()
    (name,) = stage.queue(1, pool=FAR)
    stage.clock.advance(seconds=-3600)

    stage.reap()

    near, far = (stage.score(stage.store.keys.pending("normal", pool), name) for pool in ("default", FAR))
    assert near == far <= stage.clock()


def test_a_pause_of_a_priority_and_of_everything_holds_in_every_pool(stage):
    stage.queue(1, pool=FAR)

    stage.pause("queue:normal")
    assert stage.take(pool=FAR) == ()
    stage.resume("queue:normal")
    stage.pause("everything")
    assert stage.take(pool=FAR) == ()
    stage.resume("everything")
    assert len(stage.take(pool=FAR)) == 1


def test_guards_and_depth_count_the_runs_of_all_pools(stage):
    stage.save("near", every=10, flow="f", flow_limit=1)
    stage.save("far", schedule=None, flow="f", flow_limit=1, pool=FAR)
    stage.ask("far")

    stage.tick(seconds=10)

    assert stage.guard("near") == "flow_limit"
    assert stage.store.redis.zcard(stage.store.keys.pending("normal")) == 1
