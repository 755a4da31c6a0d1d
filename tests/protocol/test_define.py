"""Defining jobs: compare-and-set on the version, and every index right in the same step."""

import json

import pytest

from runners.engine.decision import decode
from runners.engine.protocol import define
from tests.protocol.jobs import a_spec
from tests.protocol.stage import AUTHOR


def test_of_two_that_read_the_same_version_the_second_is_stale(stage):
    before = stage.save()

    words = [
        define.save(stage.store, a_spec(description=text), True, before, AUTHOR, stage.clock()).word for text in "ab"
    ]

    assert words == ["ok", "stale"]
    assert stage.job().spec.description == "a"


def test_of_two_that_create_a_job_the_second_is_stale(stage):
    words = [define.save(stage.store, a_spec(), True, None, AUTHOR, stage.clock()).word for _ in range(2)]

    assert words == ["ok", "stale"]


def test_every_version_is_kept_and_numbers_never_repeat(stage):
    stage.save(description="first")
    stage.save(description="second")
    stage.delete("daily")
    job = stage.save(description="third")

    rows = [row.split("|", 2) for row in stage.store.redis.lrange(stage.store.keys.versions("daily"), 0, -1)]
    assert [(number, json.loads(text)["spec"]["description"]) for number, _, text in rows] == [
        ("1", "first"),
        ("2", "second"),
        ("3", "third"),
    ]
    assert (job.version, job.incarnation) == (3, 2)


def test_an_edit_that_leaves_the_schedule_leaves_the_slots(stage):
    before = stage.save(every=10)
    stage.clock.advance(seconds=7)

    after = stage.save(every=10, timeout_ms=500)

    assert (after.next_slot_at, after.anchor_at, after.incarnation) == (before.next_slot_at, before.anchor_at, 1)
    assert stage.tick(seconds=3) == {"daily": "ok"}


def test_a_new_schedule_starts_now(stage):
    stage.save(every=10)
    stage.clock.advance(seconds=7)

    after = stage.save(every=20)

    assert (after.anchor_at, after.incarnation) == (stage.clock(), 2)
    assert stage.tick(seconds=19.999) == {}
    assert stage.tick(seconds=0.001) == {"daily": "ok"}


def test_the_lowest_limit_of_enabled_members_holds_for_the_group(stage):
    stage.save("a", flow="f", flow_limit=3)
    stage.save("b", flow="f", flow_limit=1)
    stage.save("c", flow="f")
    limits = stage.store.keys.flow_limits("f")

    assert stage.store.redis.zrange(limits, 0, -1, withscores=True) == [("b", 1), ("a", 3)]
    stage.enable("b", False)
    assert stage.store.redis.zrange(limits, 0, -1) == ["a"]
    stage.enable("b", True)
    stage.save("b", flow="g", flow_limit=1)
    assert stage.store.redis.zrange(limits, 0, -1) == ["a"]
    stage.delete("a")
    assert stage.store.redis.exists(limits) == 0


@pytest.mark.parametrize("how", ["disable", "delete", "lift", "move"])
def test_a_member_that_leaves_frees_who_waited_for_its_limit(stage, how):
    stage.save("strict", schedule=None, flow="f", flow_limit=1)
    stage.queue(1, flow="f")
    for name in ("x", "y", "z"):
        stage.save(name, every=60, flow="f")
    stage.tick(seconds=60)
    assert {stage.guard(name) for name in ("x", "y", "z")} == {"flow_limit"}

    match how:
        case "disable":
            stage.enable("strict", False)
        case "delete":
            stage.delete("strict")
        case "lift":
            stage.save("strict", schedule=None, flow="f")
        case "move":
            stage.save("strict", schedule=None, flow="g", flow_limit=1)

    assert stage.tick() == dict.fromkeys("xyz", "ok")


def test_disabling_ends_the_held_slot_and_enabling_starts_at_the_next(stage):
    stage.save(every=10)
    stage.ask()
    stage.tick(seconds=10)
    held = stage.job().held.slot_at

    stage.enable("daily", False)
    assert stage.tick(seconds=15) == {}
    stage.enable("daily", True)

    assert stage.ledger()[-1].split("|")[:2] == ["s", str(int(held.timestamp() * 1000))]
    assert (stage.guard(), stage.job().next_slot_at.second) == (None, 30)


def test_a_slot_that_went_out_since_the_job_was_read_is_not_also_skipped(stage):
    stage.save(every=3600)
    stage.ask()
    stage.tick(hours=1)
    before = stage.job()
    stage.work_off()
    stage.tick()

    define.save(stage.store, a_spec(every=7200), True, before, AUTHOR, stage.clock())

    assert [row[0] for row in stage.ledger()] == ["d"]


def test_a_slot_that_was_held_since_the_job_was_read_ends_with_a_row(stage):
    before = stage.save(every=3600)
    stage.ask()
    stage.tick(hours=1)

    define.save(stage.store, a_spec(every=7200), True, before, AUTHOR, stage.clock())

    assert [(row[0], row.split("|")[5]) for row in stage.ledger()] == [("s", "overlap")]
    (blocker,) = decode(stage.ledger()[-1]).blocked_by
    assert stage.status(blocker) == "queued"


def test_an_edit_that_raced_a_disable_leaves_no_enabled_job_without_slots(stage):
    before = stage.save(every=10)
    stage.enable("daily", False)

    define.save(stage.store, a_spec(every=10, timeout_ms=500), True, before, AUTHOR, stage.clock())

    assert stage.tick(seconds=10) == {"daily": "ok"}


def test_an_edit_looks_at_a_held_slot_again(stage):
    stage.save(every=3600)
    stage.ask()
    stage.tick(hours=1)

    stage.save(every=3600, overlap=True)

    assert stage.tick() == {"daily": "ok"}


def test_a_new_priority_moves_the_job_to_its_lane(stage):
    stage.save(every=10)

    stage.save(every=10, priority="critical")

    assert stage.score(stage.store.keys.due("regular"), "daily") is None
    assert stage.score(stage.store.keys.due("critical"), "daily") == stage.job().next_slot_at


def test_a_job_with_active_runs_is_deleted_only_when_that_is_meant(stage):
    stage.save()
    stage.ask()

    assert (stage.delete("daily"), stage.delete("daily", even_if_active=True)) == ("busy", "ok")


def test_a_deleted_job_ends_its_held_slot_and_leaves_its_history(stage):
    stage.save(every=10)
    stage.ask()
    stage.tick(seconds=10)

    stage.delete("daily", even_if_active=True)

    assert stage.ledger()[-1].startswith("s|")
    assert not stage.store.redis.exists(stage.store.keys.strip("daily"))
    assert stage.work_off() == 1
    assert stage.tick(hours=1) == {}


def test_a_job_made_again_still_counts_its_old_runs_as_overlap(stage):
    stage.save()
    stage.ask()
    stage.delete("daily", even_if_active=True)

    stage.save()

    assert stage.ask(key="2")[0] == "overlap"


def test_an_edit_never_changes_a_run_that_exists(stage):
    stage.save(inputs={"a": 1})
    _, name = stage.ask()

    stage.save(inputs={"a": 2}, priority="low", flow="f")

    assert (stage.run(name).inputs, stage.run(name).priority, stage.run(name).job_version) == ({"a": 1}, "normal", 1)


def test_changes_are_told_once_each(stage):
    stage.save()
    stage.save(timeout_ms=500)
    stage.enable("daily", False)
    stage.enable("daily", True)
    stage.delete("daily")

    assert stage.events("job.") == ["job.created", "job.updated", "job.disabled", "job.enabled", "job.deleted"]
