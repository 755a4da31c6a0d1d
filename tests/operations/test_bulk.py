"""Bulk operations: exactly the runs that were counted, each once, whoever is killed; and the way back."""

import json

import pytest

from runners import bulk_work
from runners.bulk_work import BulkWork
from runners.engine import operations
from runners.engine.bulk import Action, ItemOutcome, State
from runners.engine.errors import Conflict, CountDiffers, Invalid
from runners.engine.operations import RunFilter
from runners.engine.protocol import bulk as protocol
from runners.engine.run import FailureKind, RunStatus
from tests.store.making import ADMIN, claim, finished, save, start, succeed


@pytest.fixture
def mode():
    """The scripts are short, and conformance has its own suite."""
    return "streams-redis7"


FAILED = RunFilter(status=RunStatus.FAILED)
QUEUED = RunFilter(status=RunStatus.QUEUED)


def begin(platform, action, wanted, expected, **options):
    return operations.begin_bulk(platform, ADMIN, Action(action), wanted, expected, **options)


def step(platform):
    """Do one bit, whenever the last one was."""
    platform.store.redis.delete(platform.store.keys.bulks_turn)
    BulkWork(platform).step()


def now(platform, bulk):
    return operations.get_bulk(platform, ADMIN, bulk.bulk_id)


def counts(platform, bulk):
    return {str(outcome): count for outcome, count in now(platform, bulk).counts.items() if count}


def items(platform, bulk):
    return operations.bulk_items(platform, ADMIN, bulk.bulk_id, 500).rows


def runs(platform, **wanted):
    return operations.list_runs(platform, ADMIN, RunFilter(**wanted), 500).rows


def failed(platform, count, job_id="daily"):
    return [finished(platform, job_id, error="no paper").run_id for _ in range(count)]


def test_each_run_is_retried_once_and_its_successor_is_named(platform):
    save(platform, inputs={"failure_memory_enabled": False})
    old = failed(platform, 3)

    bulk = begin(platform, "retry", FAILED, 3)
    step(platform)

    queued = {run.run_id for run in runs(platform, status=RunStatus.QUEUED)}
    assert (now(platform, bulk).state, counts(platform, bulk)) == (State.FINISHED, {"done": 3})
    assert [item.run_id for item in items(platform, bulk)] == old
    assert {item.detail for item in items(platform, bulk)} == queued
    assert {run.source for run in runs(platform, status=RunStatus.QUEUED)} == {"retry"}


def test_one_entry_of_the_audit_names_all_runs(platform):
    save(platform, inputs={"failure_memory_enabled": False})
    old = failed(platform, 2)
    begun = platform.store.redis.zcard(platform.store.keys.audit)

    bulk = begin(platform, "retry", FAILED, 2)
    step(platform)

    (row,) = platform.store.redis.zrange(platform.store.keys.audit, -1, -1)
    entry = json.loads(row.split("|", 4)[4])
    assert platform.store.redis.zcard(platform.store.keys.audit) == begun + 1
    assert (entry["object"], entry["actor"]) == (f"bulk:{bulk.bulk_id}", "ada")
    assert [item["object"] for item in entry["items"]] == [f"run:{run_id}" for run_id in old]


def test_nothing_is_done_when_another_number_matches(platform):
    save(platform)
    start(platform)

    with pytest.raises(CountDiffers, match="1 runs pass the filter now, not 2") as refusal:
        begin(platform, "cancel", QUEUED, 2)

    assert refusal.value.actual == 1
    assert operations.list_bulks(platform, ADMIN) == []


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        ("retry", RunFilter()),
        ("retry", QUEUED),
        ("cancel", FAILED),
        ("cancel", RunFilter(job_id="daily")),
        ("cancel", RunFilter(failure_kind=FailureKind.ERROR)),
    ],
)
def test_a_filter_names_what_the_action_is_for(platform, action, wanted):
    with pytest.raises(Invalid, match=r"filter\.status must be one of"):
        begin(platform, action, wanted, 0)


def test_runs_that_come_later_are_not_among_them(platform):
    save(platform)
    first = start(platform)
    bulk = begin(platform, "cancel", QUEUED, 1)
    second = start(platform)

    step(platform)

    assert counts(platform, bulk) == {"done": 1}
    assert operations.get_run(platform, ADMIN, first.run_id).status is RunStatus.CANCELLED
    assert operations.get_run(platform, ADMIN, second.run_id).status is RunStatus.QUEUED


def test_what_a_guard_holds_waits_for_it_and_is_then_done(platform):
    save(platform, inputs={"allow_overlap": False, "failure_memory_enabled": False})
    failed(platform, 2)
    bulk = begin(platform, "retry", FAILED, 2)

    step(platform)
    held = now(platform, bulk)
    (first,) = claim(platform)
    step(platform)
    still = now(platform, bulk)
    operations.cancel_run(platform, ADMIN, first.run_id)
    succeed(platform, first)
    step(platform)

    assert (held.state, held.left, held.counts[ItemOutcome.DONE]) == (State.WORKING, 1, 1)
    assert (still.left, still.held_by) == (1, "overlap")
    assert (now(platform, bulk).state, counts(platform, bulk)) == (State.FINISHED, {"done": 2})


def test_one_process_at_a_time_keeps_the_rate(platform, monkeypatch):
    save(platform)
    for _ in range(5):
        start(platform)
    monkeypatch.setattr(bulk_work, "AT_ONCE", 2)
    bulk = begin(platform, "cancel", QUEUED, 5)

    for _ in range(3):
        BulkWork(platform).step()

    assert counts(platform, bulk) == {"done": 2}
    assert 0 < platform.store.redis.pttl(platform.store.keys.bulks_turn) <= 250


@pytest.mark.parametrize("action", ["retry", "cancel"])
def test_a_bit_that_was_done_and_not_put_down_is_done_again_without_effect(platform, monkeypatch, action):
    save(platform, inputs={"failure_memory_enabled": False})
    wanted, count = (FAILED, len(failed(platform, 3))) if action == "retry" else (QUEUED, 3)
    if action == "cancel":
        for _ in range(3):
            start(platform)
    bulk = begin(platform, action, wanted, count)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(protocol, "done", killed)
        step(platform)
    before = {run.run_id: run.status for run in runs(platform)}
    step(platform)

    assert counts(platform, bulk) == {"done": 3}
    assert {run.run_id: run.status for run in runs(platform)} == before


def killed(*_):
    raise KeyboardInterrupt


def test_the_same_request_begins_one_operation(platform):
    save(platform)
    start(platform)

    first = begin(platform, "cancel", QUEUED, 1, idempotency_key="k")
    step(platform)
    second = begin(platform, "cancel", QUEUED, 1, idempotency_key="k")

    assert second.bulk_id == first.bulk_id
    with pytest.raises(Conflict, match="another bulk operation"):
        begin(platform, "cancel", QUEUED, 2, idempotency_key="k")


def test_runs_that_cannot_be_done_are_passed_over_in_words(platform):
    save(platform, "gone", inputs={"failure_memory_enabled": False})
    save(platform, "good", inputs={"failure_memory_enabled": False})
    for job_id in ("gone", "good"):
        failed(platform, 1, job_id)
    bulk = begin(platform, "retry", FAILED, 2)
    operations.delete_job(platform, ADMIN, "gone")

    step(platform)

    assert counts(platform, bulk) == {"done": 1, "skipped": 1}
    assert [item.detail for item in items(platform, bulk) if item.outcome is ItemOutcome.SKIPPED] == [
        "job 'gone' does not exist"
    ]


def test_an_operation_whose_record_is_broken_stops_no_other(platform):
    save(platform)
    start(platform)
    broken = begin(platform, "cancel", QUEUED, 1)
    good = begin(platform, "cancel", QUEUED, 1)
    platform.store.redis.hset(platform.store.keys.bulk(broken.bulk_id), "total", "zz")

    step(platform)
    step(platform)

    assert counts(platform, good) == {"done": 1}
