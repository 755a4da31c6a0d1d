"""One record that cannot be read stops nothing else."""

import pytest

from runners.engine.protocol import upkeep
from runners.scheduler import GuardedScheduler
from runners.slots import Slots
from runners.upkeep import Upkeep
from tests.protocol.stage import Stage


@pytest.fixture
def stage(clocked, clock):
    """A stage whose books need not balance: somebody else wrote into the store."""
    return Stage(clocked, clock, checking=False)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *((name, "zz") for name in ("attempt", "max_retry", "timeout_ms", "created_at", "inputs", "backoff_sec")),
        ("inputs", "[1]"),
        ("attempts", "1"),
        ("backoff_sec", "7"),
        ("backoff_sec", "[[1]]"),
        ("backoff_sec", "[1e300]"),
    ],
)
def test_a_broken_run_ends_as_failed_and_its_worker_goes_on(stage, field, text):
    broken, healthy = stage.queue(2)
    stage.store.redis.hset(stage.store.keys.run(broken), field, text)
    slots = Slots(stage.platform, "w", 2)

    claimed = slots.claim(2)
    slots._deliver(slots.hand.take_ends())

    assert [one.run_id for one in claimed] == [healthy]
    assert stage.store.redis.hget(stage.store.keys.run(broken), "status") == "failed"


@pytest.mark.parametrize("field", ["attempt", "max_retry"])
def test_a_broken_run_does_not_keep_the_reaper_from_others(stage, field):
    runs = stage.queue(2)
    stage.take(2)
    stage.store.redis.hset(stage.store.keys.run(runs[0]), field, "zz")
    leases = {run: int(stage.store.redis.zscore(stage.store.keys.leases, run)) for run in runs}

    words = upkeep.reap(stage.store, leases)

    assert set(words.values()) <= {"requeued", "failed"}
    assert stage.store.redis.zcard(stage.store.keys.leases) == 0


def lose_record(stage, run):
    """Delete the record of what the run asks, and return the approval's id."""
    approval = stage.store.redis.hget(stage.store.keys.run(run), "approval_id")
    stage.store.redis.delete(stage.store.keys.approval(approval))
    return approval


def test_a_run_whose_approval_is_gone_ends_with_its_reason_and_its_job_goes_on(stage):
    stage.save("gone", requires_approval=True)
    (_, lost) = stage.ask("gone")
    redis, keys = stage.store.redis, stage.store.keys
    approval = lose_record(stage, lost)

    stage.clock.advance(seconds=5)
    stage.reap()

    status, kind, error = redis.hmget(keys.run(lost), "status", "failure_kind", "error")
    assert (status, kind) == ("failed", "expired") and "the record of its approval is gone" in error
    assert [key for key in redis.scan_iter(f"{keys.prefix}approval*") if approval in str(members(redis, key))] == []
    assert stage.ask("gone", key="2")[0] == "ok"


def test_a_run_whose_approval_is_gone_can_be_cancelled_and_its_job_goes_on(stage):
    stage.save("gone", requires_approval=True)
    (_, lost) = stage.ask("gone")
    lose_record(stage, lost)

    assert stage.cancel(lost) == "cancelled"

    assert stage.ask("gone", key="2")[0] == "ok"


def members(redis, key):
    """Return what a set of any kind holds."""
    return redis.zrange(key, 0, -1) if redis.type(key) == "zset" else redis.smembers(key)


def test_an_approval_whose_record_is_gone_keeps_the_reaper_from_nothing(stage):
    stage.save("gone", requires_approval=True)
    stage.save("kept", requires_approval=True)
    (_, lost), (_, other) = stage.ask("gone"), stage.ask("kept")
    redis, keys = stage.store.redis, stage.store.keys
    record = keys.approval(redis.hget(keys.run(lost), "approval_id"))
    redis.delete(record)

    stage.clock.advance(days=2)
    stage.reap()

    assert stage.status(other) == "failed"
    assert redis.exists(keys.approval_deadlines, keys.approval_reminders, record) == 0


def test_a_job_whose_failure_memory_cannot_be_read_is_not_let_out_and_holds_up_nobody(stage):
    stage.save("broken", every=10)
    stage.save("healthy", every=10)
    stage.store.redis.hset(stage.store.keys.memory("broken"), "cooldown_until", "zz")
    stage.clock.advance(seconds=10)

    looks = GuardedScheduler(stage.platform).enqueue_jobs()

    assert [look.job.job_id for look in looks] == ["healthy"]


@pytest.mark.parametrize("key", ["memory", "flow_limits"])
def test_a_key_of_another_type_holds_its_own_job_and_no_other(stage, key):
    stage.save("broken", every=10, flow_group="dam")
    stage.save("healthy", every=10)
    name = getattr(stage.store.keys, key)("dam" if "flow" in key else "broken")
    stage.store.redis.delete(name)
    stage.store.redis.set(name, "of another type")
    stage.clock.advance(seconds=10)

    looks = GuardedScheduler(stage.platform).enqueue_jobs()

    assert [look.job.job_id for look in looks] == ["healthy"]


def test_reconcile_drops_ghosts_from_the_waiting_runs(stage):
    stage.store.redis.zadd(stage.store.keys.pending("normal"), {"run_ghost": 1})

    upkeep.reconcile(stage.store)

    assert stage.store.redis.zcard(stage.store.keys.pending("normal")) == 0


@pytest.mark.parametrize("field", ["last", "gap_start", "gap_end", "gap_full", "reaped"])
def test_a_note_about_ticks_that_cannot_be_read_stops_no_tick(stage, field):
    redis, keys = stage.store.redis, stage.store.keys
    stage.save("healthy", every=10)
    stage.tick()
    redis.hset(keys.ticks, field, "zz")
    redis.lpush(keys.depths, "zz")

    assert Upkeep(stage.platform).unattended() is (field == "last")
    stage.reap()
    assert stage.tick(seconds=10) == {"healthy": "ok"}
