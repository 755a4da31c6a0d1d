"""The scripts of bulk operations: a run counts once, and what is taken back is left alone by whoever is late."""

from datetime import timedelta

import pytest

from runners.engine.bulk import Bulk, Item, ItemOutcome, State
from runners.engine.job import spec_from_json
from runners.engine.protocol import bulk as protocol
from runners.engine.protocol import define
from runners.engine.protocol.bulk import Beginning
from runners.engine.protocol.change import Change
from runners.engine.store import bulks
from tests.protocol.stage import AUTHOR, Stage

ID = "bulk_" + "0" * 24


@pytest.fixture(params=["streams-redis7", "lists-redis3", "memory"])
def mode(request):
    """Servers, the oldest too, and the imitation: the scripts use no transport of their own."""
    return request.param


def begin(stage: Stage, *run_ids: str) -> Bulk:
    """Begin to cancel these runs."""
    fields = {"action": "cancel", "filter": "{}", "total": len(run_ids), "actor": "ana", "trace_id": "t"}
    protocol.begin(stage.store, Beginning(ID, fields, run_ids), AUTHOR)
    return now(stage)


def now(stage: Stage) -> Bulk:
    found = bulks.load_bulk(stage.store, ID)
    assert found is not None
    return found


def test_a_run_that_two_have_done_counts_once(stage):
    bulk, item = begin(stage, "run_a", "run_b"), Item("run_a", ItemOutcome.DONE, "")

    left = [protocol.done(stage.store, bulk, [item], [], "") for _ in range(2)]

    assert left == [1, 1]
    assert (now(stage).counts[ItemOutcome.DONE], now(stage).state) == (1, State.WORKING)


def test_whoever_is_late_leaves_alone_what_is_taken_back(stage):
    (name,) = stage.queue(1)
    bulk = begin(stage, name)
    protocol.undo(stage.store, now(stage), AUTHOR)

    assert protocol.cancel(stage.store, bulk, name, "late") == "withdrawn"
    assert protocol.done(stage.store, bulk, [Item(name, ItemOutcome.DONE, "")], [], "") == 0
    assert stage.status(name) == "queued"
    assert (now(stage).state, now(stage).left) == (State.UNDOING, 1)


def test_a_run_that_a_worker_has_had_is_not_taken_back(stage):
    names = stage.queue(2)
    begin(stage, *names)
    protocol.undo(stage.store, now(stage), AUTHOR)
    (claimed,) = stage.take(1)
    stage.clock.advance(seconds=1)

    words = {name: protocol.take_back(stage.store, now(stage), name, "undone") for name in names}

    waiting = next(name for name in names if name != claimed.run_id)
    assert words == {claimed.run_id: "running", waiting: "cancelled"}
    assert stage.status(claimed.run_id) == "running"


def test_what_is_held_goes_behind_what_is_left_and_ends_with_the_day(stage):
    bulk = begin(stage, "run_a", "run_b")

    protocol.done(stage.store, bulk, [], ["run_a"], "overlap")
    held = bulks.todo(stage.store, ID, 9)
    stage.clock.advance(hours=24, seconds=1)
    left = protocol.done(stage.store, bulk, [], held, "overlap")

    assert held == ["run_b", "run_a"]
    assert (left, now(stage).counts[ItemOutcome.WITHDRAWN], now(stage).state) == (0, 2, State.FINISHED)
    assert bulks.next_open(stage.store) is None


def test_a_second_operation_is_not_kept_waiting_by_one_that_is_held(stage):
    bulk = begin(stage, "run_a")
    stage.clock.advance(seconds=1)
    other = Beginning("bulk_" + "1" * 24, {"action": "cancel", "actor": "ana"}, ["run_c"])
    protocol.begin(stage.store, other, AUTHOR)
    stage.clock.advance(seconds=1)

    protocol.done(stage.store, bulk, [], ["run_a"], "overlap")

    assert bulks.next_open(stage.store) == other.bulk_id


def test_nothing_of_it_stays_for_ever(stage):
    bulk = begin(stage, "run_a")
    protocol.done(stage.store, bulk, [Item("run_a", ItemOutcome.DONE, "")], [], "")
    redis, keys = stage.store.redis, stage.store.keys

    lives = [redis.pttl(key) for key in (keys.bulk(ID), keys.bulk_done(ID))]

    assert all(0 < life <= timedelta(days=1) // timedelta(milliseconds=1) for life in lives)
    assert not redis.exists(keys.bulk_todo(ID))


def test_a_job_that_two_do_is_changed_once(stage):
    """Both read it before either did it; the version alone does not tell them apart when only the flag changes."""
    stage.save("daily")
    fields = {"action": "disable", "filter": "{}", "total": 1, "actor": "ana", "trace_id": "t"}
    protocol.begin(stage.store, Beginning(ID, fields, ["daily@1"], "job"), AUTHOR)
    bulk, job = now(stage), stage.job("daily")
    change = Change(job.spec, False, job).arguments(AUTHOR, stage.clock())

    first = protocol.define(stage.store, bulk, "daily@1", change)
    stage.enable("daily", True)
    second = protocol.define(stage.store, bulk, "daily@1", change)

    assert (first, second) == ("ok", "done")
    assert stage.job("daily").enabled
    assert (now(stage).counts[ItemOutcome.DONE], now(stage).left) == (1, 0)


def test_a_job_that_was_changed_is_left_as_it_is(stage):
    stage.save("daily")
    fields = {"action": "delete", "filter": "{}", "total": 1, "actor": "ana", "trace_id": "t"}
    protocol.begin(stage.store, Beginning(ID, fields, ["daily@1"], "job"), AUTHOR)
    deletion = define.deletion(stage.job("daily"), AUTHOR, False, stage.clock())
    stage.save("daily", every=20)

    assert protocol.define(stage.store, now(stage), "daily@1", deletion) == "stale"
    assert stage.job("daily").version == 2
    assert now(stage).left == 1


def test_of_jobs_those_that_were_done_are_taken_back_at_the_version_that_was_made(stage):
    for name in ("done", "left"):
        stage.save(name)
    fields = {"action": "tag", "tag": "x", "filter": "{}", "total": 2, "actor": "ana", "trace_id": "t"}
    protocol.begin(stage.store, Beginning(ID, fields, ["done@1", "left@1"], "job"), AUTHOR)
    job = stage.job("done")
    change = Change(spec_from_json(job.spec.to_json() | {"tags": ["x"]}), True, job)
    protocol.define(stage.store, now(stage), "done@1", change.arguments(AUTHOR, stage.clock()))

    protocol.undo(stage.store, now(stage), AUTHOR)

    assert bulks.todo(stage.store, ID, 9) == ["done@2"]
    assert now(stage).counts[ItemOutcome.WITHDRAWN] == 1
