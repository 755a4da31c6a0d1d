"""Taking a bulk operation back: what is not done is not done, and what no worker has had is made good."""

from dataclasses import replace

import pytest

from runners import bulk_work
from runners.engine import operations
from runners.engine.bulk import State
from runners.engine.errors import Conflict, NotFound
from runners.engine.operations import RunFilter
from runners.engine.run import RunStatus
from tests.operations.test_bulk import FAILED, QUEUED, begin, counts, failed, now, runs, step
from tests.store.making import ADMIN, claim, save, start


@pytest.fixture
def mode():
    """The scripts are short, and conformance has its own suite."""
    return "streams-redis7"


def test_undoing_a_retry_cancels_what_no_worker_has_had(platform):
    save(platform, inputs={"failure_memory_enabled": False})
    failed(platform, 3)
    bulk = begin(platform, "retry", FAILED, 3)
    step(platform)
    (started,) = claim(platform)

    operations.undo_bulk(platform, ADMIN, bulk.bulk_id)
    step(platform)

    undone = now(platform, bulk)
    assert (undone.state, undone.undone_by) == (State.UNDONE, "ada")
    assert counts(platform, bulk) == {"done": 3, "undone": 2, "kept": 1}
    assert operations.get_run(platform, ADMIN, started.run_id).status is RunStatus.RUNNING
    assert len(runs(platform, status=RunStatus.CANCELLED)) == 2
    assert runs(platform, status=RunStatus.QUEUED) == ()


def test_undoing_what_is_not_done_yet_withdraws_it(platform, monkeypatch):
    save(platform)
    for _ in range(3):
        start(platform)
    monkeypatch.setattr(bulk_work, "AT_ONCE", 1)
    bulk = begin(platform, "cancel", QUEUED, 3)
    step(platform)

    operations.undo_bulk(platform, ADMIN, bulk.bulk_id)
    for _ in range(3):
        step(platform)

    assert (now(platform, bulk).state, counts(platform, bulk)) == (
        State.UNDONE,
        {"done": 1, "undone": 1, "withdrawn": 2},
    )
    assert len(runs(platform, status=RunStatus.QUEUED)) == 3


def test_undoing_a_cancellation_makes_again_what_no_worker_had(platform):
    save(platform)
    waiting, running = start(platform), start(platform)
    (claimed,) = claim(platform)
    for status in (RunStatus.QUEUED, RunStatus.RUNNING):
        bulk = begin(platform, "cancel", RunFilter(status=status), 1)
        step(platform)
        operations.undo_bulk(platform, ADMIN, bulk.bulk_id)
        step(platform)
        expected = {"done": 1, "undone": 1} if status is RunStatus.QUEUED else {"done": 1, "kept": 1}
        assert counts(platform, bulk) == expected

    (again,) = runs(platform, status=RunStatus.QUEUED)
    assert again.run_id not in (waiting.run_id, running.run_id)
    assert operations.get_run(platform, ADMIN, claimed.run_id).cancel_requested


def test_who_takes_a_cancellation_back_asks_for_what_is_made_again(platform):
    save(platform)
    start(platform)
    bulk = begin(platform, "cancel", QUEUED, 1)
    step(platform)
    operations.undo_bulk(platform, replace(ADMIN, name="budi"), bulk.bulk_id)
    step(platform)

    (again,) = runs(platform, status=RunStatus.QUEUED)
    assert again.actor == "budi"


def test_a_hand_that_is_late_does_nothing_to_what_is_taken_back(platform):
    save(platform, inputs={"failure_memory_enabled": False})
    (old,) = failed(platform, 1)
    bulk = begin(platform, "retry", FAILED, 1)
    late = bulk_work.Bit(platform, bulk)
    operations.undo_bulk(platform, ADMIN, bulk.bulk_id)

    assert late.do(old) is None
    step(platform)

    assert counts(platform, bulk) == {"withdrawn": 1}
    assert runs(platform, status=RunStatus.QUEUED) == ()


def test_an_operation_is_undone_once_and_within_a_day(clocked, clock):
    save(clocked)
    start(clocked)
    bulk = begin(clocked, "cancel", QUEUED, 1)
    step(clocked)
    late = begin(clocked, "retry", RunFilter(status=RunStatus.CANCELLED), 1)
    operations.undo_bulk(clocked, ADMIN, bulk.bulk_id)
    clock.advance(hours=25)

    for bulk_id, why in ((bulk.bulk_id, "is undoing already"), (late.bulk_id, "more than a day ago")):
        with pytest.raises(Conflict, match=why):
            operations.undo_bulk(clocked, ADMIN, bulk_id)
    with pytest.raises(NotFound):
        operations.undo_bulk(clocked, ADMIN, "bulk_x")


def test_what_is_held_for_a_day_is_withdrawn(clocked, clock):
    save(clocked, inputs={"failure_memory_enabled": False})
    failed(clocked, 2)
    operations.pause_job(clocked, ADMIN, "daily")
    bulk = begin(clocked, "retry", FAILED, 2)
    step(clocked)
    assert now(clocked, bulk).held_by == "paused"

    clock.advance(hours=25)
    step(clocked)

    assert (now(clocked, bulk).state, counts(clocked, bulk)) == (State.FINISHED, {"withdrawn": 2})
