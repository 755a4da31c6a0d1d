"""Renewing: a beat keeps a run, and brings back what its worker must know."""

from tests.protocol.stage import LEASE


def claimed(stage, count=1):
    stage.queue(count, max_retry=1)
    return stage.take(count)


def test_a_beat_moves_the_lease(stage):
    (one,) = claimed(stage)
    stage.clock.advance(seconds=20)

    assert stage.renew(one) == ["ok"]
    assert stage.score(stage.store.keys.leases, one.run_id) == stage.clock() + LEASE


def test_each_run_gets_its_own_answer(stage):
    kept, cancelled, ended = claimed(stage, 3)
    stage.cancel(cancelled.run_id)
    stage.finish(ended)

    assert stage.renew(kept, cancelled, ended) == ["ok", "cancel", "lost"]


def test_a_run_that_was_taken_back_is_lost_for_its_old_worker_also_when_it_runs_elsewhere(stage):
    (old,) = claimed(stage)
    stage.clock.advance(seconds=31)
    stage.reap()

    before = stage.renew(old)
    (new,) = stage.take(worker="w2")

    assert (before, stage.renew(old), stage.renew(new)) == (["lost"], ["lost"], ["ok"])


def test_a_lost_beat_does_not_bring_a_lease_back(stage):
    (one,) = claimed(stage)
    stage.finish(one)

    stage.renew(one)

    assert stage.store.redis.zcard(stage.store.keys.leases) == 0
