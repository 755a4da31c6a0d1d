"""A worker's slots: every end reaches the store soon, whatever the other runs of the same worker do."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import BaseModel
from redis.exceptions import ConnectionError as StoreGone

from runners import slots as module
from runners.engine import operations
from runners.engine.handler import handler
from runners.engine.protocol.work import Ended, claim_when_woken
from runners.engine.run import RunStatus
from runners.engine.store.runs import load_run
from runners.slots import SHORT_SEC, Slots
from tests.store.making import ADMIN
from tests.waiting import wait_until


class Nothing(BaseModel):
    """These handlers take no inputs."""


@pytest.fixture
def mode():
    return "memory"


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What `test.long` waits for, deaf to its deadline and to everything else."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def store(platform):
    return platform.store


@pytest.fixture
def one_slot(platform, gate) -> Iterator[Slots]:
    """One thread that has room for two runs, and handlers that are short, and as long as the gate is shut."""

    @handler("test.short", inputs=Nothing, isolation="thread")
    def short(ctx, inputs):
        return "done"

    @handler("test.long", inputs=Nothing, isolation="thread")
    def long(ctx, inputs):
        gate.wait(60)

    known = platform.catalog.handlers | {"test.short": short, "test.long": long}
    slots = Slots(replace(platform, catalog=replace(platform.catalog, handlers=known)), "worker-1", 1)
    slots.start()
    slots.concurrency = 2
    yield slots
    gate.set()
    slots.drain(1)


def queue(slots, job_id, type, timeout_ms=60_000):
    """Queue a run of a new job and return its id."""
    policy = {"max_retry": 0, "backoff_sec": [1]}
    raw = {"job_id": job_id, "type": type, "timeout_ms": timeout_ms, "retry_policy": policy}
    operations.save_job(slots.platform, ADMIN, raw)
    return operations.run_job(slots.platform, ADMIN, job_id).run_id


def begin(slots):
    """Claim all runs and hand them over at once, so that one thread has both before it."""
    slots.hand.submit(slots.claim(2))


def status(store, run_id):
    return load_run(store, run_id).status


def test_a_short_run_does_not_wait_for_the_long_one_behind_it(one_slot, store, gate):
    short, long = queue(one_slot, "a", "test.short"), queue(one_slot, "b", "test.long")
    begin(one_slot)
    wait_until(lambda: not one_slot.hand.waiting)

    wait_until(lambda: one_slot.overdue() or status(store, short) is RunStatus.SUCCESS)

    assert status(store, long) is RunStatus.RUNNING


def test_a_run_that_ended_is_never_called_overdue(one_slot, store, monkeypatch):
    monkeypatch.setattr(module, "OVERTIME_SEC", -60.0)
    short, _ = queue(one_slot, "a", "test.short", timeout_ms=1_000), queue(one_slot, "b", "test.long", 86_400_000)
    begin(one_slot)
    wait_until(lambda: one_slot.hand.ended)

    one_slot.overdue()

    assert status(store, short) is RunStatus.SUCCESS


def test_ends_of_a_thread_that_overslept_are_not_lost(one_slot, store, gate, monkeypatch):
    monkeypatch.setattr(module, "OVERTIME_SEC", 0.0)
    short, long = queue(one_slot, "a", "test.short"), queue(one_slot, "b", "test.long", timeout_ms=100)
    begin(one_slot)

    wait_until(lambda: one_slot.overdue() or status(store, long) is RunStatus.FAILED)

    assert status(store, short) is RunStatus.SUCCESS
    assert load_run(store, long).failure_kind == "timeout"


def test_who_looks_for_overdue_runs_never_waits_for_the_store(one_slot, store, monkeypatch):
    monkeypatch.setattr(module, "OVERTIME_SEC", 0.0)
    long = queue(one_slot, "b", "test.long", timeout_ms=100)
    begin(one_slot)

    def gone(*_):
        raise StoreGone("connection refused")

    with monkeypatch.context() as away:
        away.setattr(module, "exchange", gone)
        wait_until(lambda: one_slot.overdue() or not one_slot.executions())

    wait_until(lambda: one_slot.overdue() or status(store, long) is RunStatus.FAILED)


def test_a_claim_that_the_store_forgot_and_gives_out_again_costs_no_thread(one_slot, store):
    long = queue(one_slot, "b", "test.long")
    (first,) = one_slot.claim(1)
    forget_claim(store, long)
    end = Ended(long, first.claimed.token, "returned")

    (second,) = one_slot._exchange([end], 1)

    assert (second.claim, one_slot.executions()) == (first.claim, [second])
    assert one_slot.hand.end(first, end)
    assert one_slot.hand.ended == []
    assert one_slot.hand.end(second, end)
    assert one_slot.hand.ended == [end]


def forget_claim(store, run_id):
    """Bring the store back to the moment before the run was claimed, as a power loss does."""
    redis, keys = store.redis, store.keys
    redis.hset(keys.run(run_id), mapping={"status": "queued", "token": 0, "started_at": "", "worker_id": ""})
    redis.zrem(keys.leases, run_id)
    redis.zadd(keys.pending("normal"), {run_id: 1})
    redis.lpush(keys.queue_list("normal"), run_id)


def test_runs_that_were_taken_ahead_do_not_wait_behind_a_long_one(one_slot, store):
    long, ahead = queue(one_slot, "a", "test.long"), queue(one_slot, "b", "test.short")
    begin(one_slot)
    one_slot.concurrency = 1

    wait_until(lambda: one_slot.overdue() or status(store, ahead) is RunStatus.QUEUED)

    assert [one.run_id for one in Slots(one_slot.platform, "worker-2", 1).claim(5)] == [ahead]
    assert status(store, long) is RunStatus.RUNNING
    assert one_slot.average_sec >= SHORT_SEC  # nothing is taken ahead until runs are short again


@pytest.mark.parametrize("number", [1, 40])
def test_many_short_runs_end_whatever_thread_was_woken_for_them(platform, store, number):
    @handler("test.short", inputs=Nothing, isolation="thread")
    def short(ctx, inputs):
        return "done"

    known = platform.catalog.handlers | {"test.short": short}
    slots = Slots(replace(platform, catalog=replace(platform.catalog, handlers=known)), "worker-1", 4)
    slots.average_sec = 0.0  # they were short before
    slots.start()
    runs = [queue(slots, f"job-{each}", "test.short") for each in range(number)]

    slots.submit(*slots.claim(slots.free()))
    wait_until(lambda: slots.overdue() or not slots.executions(), 30)

    assert {status(store, run) for run in runs} == {RunStatus.SUCCESS}
    slots.drain(1)


def test_who_waits_for_a_run_is_left_the_room_for_it(one_slot, store, monkeypatch):
    run, room = queue(one_slot, "a", "test.short"), []

    def wait(*args):
        room.append(one_slot.free())
        return claim_when_woken(*args)

    monkeypatch.setattr(module, "claim_when_woken", wait)

    assert [one.run_id for one in one_slot.claim_when_woken(2)] == [run]
    assert (room, one_slot.free()) == ([0], 1)


def test_a_lease_that_a_wait_may_have_used_up_is_renewed_before_its_run_starts(one_slot, monkeypatch):
    queue(one_slot, "a", "test.short")
    claimed_at = []

    def wait(*args):
        answer = claim_when_woken(*args)
        claimed_at.append(time.monotonic())
        return answer

    monkeypatch.setattr(module, "claim_when_woken", wait)
    monkeypatch.setattr(module, "LEASE_PART", 0.0)

    (execution,) = one_slot.claim_when_woken(1)

    assert execution.lease_ends_at >= claimed_at[0] + one_slot.platform.settings.lease.total_seconds()


def test_the_thread_that_waits_executes_the_first_run_itself(one_slot, store, monkeypatch):
    waited, carried = [], []
    wait, carry = module.claim_when_woken, module.carry_out
    monkeypatch.setattr(module, "claim_when_woken", lambda *a: waited.append(threading.get_ident()) or wait(*a))
    monkeypatch.setattr(module, "carry_out", lambda *a: carried.append(threading.get_ident()) or carry(*a))
    assert wait_until(lambda: one_slot.hand._idle)
    run = queue(one_slot, "a", "test.short")

    (execution,) = one_slot.begin_when_woken(1)

    assert execution.run_id == run
    assert wait_until(lambda: status(store, run) is RunStatus.SUCCESS)
    assert waited == carried != [threading.get_ident()]


def test_while_no_thread_is_idle_whoever_asks_waits_himself(one_slot, store, gate):
    one_slot.average_sec = 0.0
    one_slot.begin_when_woken(queue(one_slot, "a", "test.long") and 1)
    assert wait_until(lambda: not one_slot.hand._idle)
    behind = queue(one_slot, "b", "test.short")

    assert [one.run_id for one in one_slot.begin_when_woken(1)] == [behind]

    gate.set()
    assert wait_until(lambda: status(store, behind) is RunStatus.SUCCESS)


@pytest.mark.parametrize("fault", [StoreGone, TimeoutError])
def test_a_store_that_goes_away_during_a_wait_is_told_to_whoever_asked(one_slot, monkeypatch, fault):
    def gone(*args):
        raise fault("connection refused")

    monkeypatch.setattr(module, "claim_when_woken", gone)
    assert wait_until(lambda: one_slot.hand._idle)

    with pytest.raises(fault):
        one_slot.begin_when_woken(1)
    assert one_slot.free()


def test_an_errand_that_nobody_has_gone_on_is_taken_back(one_slot):
    assert wait_until(lambda: one_slot.hand._idle)
    gone, errand = [], lambda: gone.append(1)
    with one_slot.hand.lock:
        assert one_slot.hand.send(errand)
        assert one_slot.hand.take_back(errand)

    assert not one_slot.hand.take_back(errand)
    assert gone == []
