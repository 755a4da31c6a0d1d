"""A slot becomes a run in one step: once, by whichever scheduler is first, and only if every guard still lets it."""

import pytest

from runners.engine.run import scheduled_run_id


def test_a_due_slot_becomes_a_queued_run(stage):
    job = stage.save(every=10)

    words = stage.tick(seconds=10)

    name = scheduled_run_id("daily", job.incarnation, job.next_slot_at)
    run = stage.run(name)
    assert words == {"daily": "ok"}
    assert (run.status, run.source, run.slot_at, run.created_at) == (
        "queued",
        "schedule",
        job.next_slot_at,
        stage.clock(),
    )
    assert stage.job().next_slot_at == stage.clock.at.replace(second=20)
    assert stage.job().last_run_id == name


def test_nothing_is_due_before_its_time(stage):
    stage.save(every=10)

    assert stage.tick(seconds=9.999) == {}


def test_of_two_schedulers_that_read_the_same_one_is_stale(stage):
    stage.save()
    stage.clock.advance(seconds=10)
    first, second = stage.look(), stage.look()

    words = [stage.act(first)["daily"], stage.act(second)["daily"]]

    assert words == ["ok", "stale"]
    assert stage.work_off() == 1


def test_a_repeated_call_has_one_effect(stage):
    stage.save(overlap=True)
    stage.clock.advance(seconds=10)
    seen = stage.look()

    words = [stage.act(seen)["daily"] for _ in range(3)]

    assert words == ["ok", "stale", "stale"]
    assert (stage.messages(), len(stage.ledger()), stage.events("run.")) == (1, 1, ["run.queued"])


@pytest.mark.parametrize("change", ["save", "disable", "delete", "reschedule"])
def test_a_job_that_changed_since_it_was_read_is_stale(stage, change):
    job = stage.save()
    stage.clock.advance(seconds=10)
    seen = stage.look()
    match change:
        case "save":
            stage.save(description="another")
        case "disable":
            stage.enable("daily", False)
        case "delete":
            stage.delete("daily")
        case "reschedule":
            stage.save(every=20)

    assert stage.act(seen) == {"daily": "stale"}
    assert stage.status(scheduled_run_id("daily", job.incarnation, job.next_slot_at)) == "None"


def test_a_disabled_job_has_no_slots(stage):
    stage.save(enabled=False)

    assert stage.tick(hours=1) == {}


def test_a_slot_that_was_run_before_the_clock_stepped_back_is_not_run_again(stage):
    stage.save()
    stage.tick(seconds=10)
    stage.work_off()
    stage.checking = False  # until the clock is back, the cursor stands before a decided slot
    stage.enable("daily", False)
    stage.clock.advance(seconds=-5)
    stage.enable("daily", True)

    words = [stage.tick(seconds=5)["daily"], stage.tick(seconds=10)["daily"]]

    assert words == ["exists", "ok"]
    assert stage.work_off() == 1
    stage.check()


def test_a_batch_decides_each_job_by_itself(stage):
    for name in "abc":
        stage.save(name, flow="f", flow_limit=2)

    words = stage.tick(seconds=10)

    assert list(words.values()) == ["ok", "ok", "ok"]
    assert [stage.guard(name) for name in "abc"] == [None, None, "flow_limit"]


def test_critical_jobs_are_considered_first(stage):
    stage.set(max_dispatch_per_tick=1)
    stage.save("early", every=9)
    stage.save("urgent", every=10, priority="critical")

    stage.clock.advance(seconds=10)
    world, looks = stage.look()

    assert (world.critical, world.regular) == (("urgent",), ("early",))
    assert [look.job.job_id for look in looks] == ["urgent"]


def test_an_interval_keeps_its_anchor_however_late_the_ticks_are(stage):
    stage.save(every=10, overlap=True)

    stage.tick(seconds=13)
    stage.tick(seconds=9)

    slots = [int(row.split("|")[1]) // 1000 % 60 for row in stage.ledger()]
    assert slots == [10, 20]


def test_a_job_waits_for_its_own_jitter(stage):
    job = stage.save(every=60, jitter=30)
    offset = job.next_run_at - job.next_slot_at

    before = stage.tick(seconds=60 + offset.total_seconds() - 0.001)
    at = stage.tick(seconds=0.001)

    assert (before, at) == ({}, {"daily": "ok"})
    assert stage.run(stage.job().last_run_id).slot_at == job.next_slot_at
