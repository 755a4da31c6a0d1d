"""The time of a pause: what its slots come to, and how they come back when it ends."""

from datetime import timedelta

import pytest

from runners.engine.pause import Pause
from runners.engine.protocol.pause import limit_flow
from runners.engine.store import jobs
from tests.protocol.stage import AUTHOR
from tests.protocol.test_pause import a_paused_slot


@pytest.fixture(params=["streams-redis7"])
def mode(request):
    """No transport takes part in this."""
    return request.param


def test_what_is_resumed_comes_back_bit_by_bit_in_the_order_of_its_waiting(stage):
    stage.set(max_dispatch_per_tick=2)
    names = "abcdef"
    for name in names:
        stage.save(name, every=3600, flow="f")
        stage.tick(milliseconds=250)
    stage.pause("flow:f")
    stage.clock.advance(hours=1)
    for _ in names:
        stage.tick(milliseconds=250)
    assert {stage.guard(name) for name in names} == {"paused"}

    stage.resume("flow:f")
    went = [set(stage.tick(milliseconds=250)) for _ in range(3)]

    assert went == [{"a", "b"}, {"c", "d"}, {"e", "f"}]


def test_paused_again_before_all_came_back_the_rest_waits_on(stage):
    stage.set(max_dispatch_per_tick=8)
    names = [f"job-{number:03}" for number in range(40)]
    for name in names:
        stage.save(name, every=3600, priority="low")
    stage.pause("queue:low")
    stage.clock.advance(hours=1)
    for _ in range(5):
        stage.tick(milliseconds=250)

    stage.resume("queue:low")
    stage.tick(milliseconds=250)
    stage.pause("queue:low")
    for _ in range(9):
        stage.tick(milliseconds=250)

    assert sum(stage.guard(name) == "paused" for name in names) == 32
    stage.resume("queue:low")
    for _ in range(6):
        stage.tick(milliseconds=250)
    assert {stage.guard(name) for name in names} == {None}


def test_a_very_long_pause_is_counted_at_once(stage):
    stage.save(every=1)
    stage.pause()
    stage.tick(seconds=1)
    stage.clock.advance(days=365)

    stage.resume()
    stage.tick()

    skipped, went = stage.ledger()
    assert skipped.split("|")[3] == str(365 * 86_400)
    assert went.split("|")[1] == str(int(stage.clock().timestamp() * 1000))


def test_a_long_pause_of_a_cron_job_is_counted_over_some_ticks(stage):
    stage.save(schedule={"cron": "* * * * *"})
    stage.pause()
    stage.tick(minutes=1)
    stage.clock.advance(days=5)

    stage.resume()
    words = [stage.tick() for _ in range(6)]

    skipped, went = stage.ledger()
    assert (skipped.split("|")[3], skipped.split("|")[5]) == (str(5 * 1440), "paused")
    assert went.startswith("d|")
    assert words[-1] == {}


def test_a_paused_cron_slot_that_is_past_its_grace_ends_skipped(stage):
    stage.save(schedule={"cron": "0 * * * *"})
    stage.pause()
    stage.tick(hours=1)
    stage.clock.advance(minutes=30)

    stage.resume()
    stage.tick()

    assert [row.split("|")[5] for row in stage.ledger()] == ["paused"]
    assert stage.guard() is None
    assert stage.store.redis.zcard(stage.store.keys.runs) == 0


def test_slots_that_nobody_saw_after_the_pause_are_missed_and_not_paused(stage):
    stage.save(every=60)
    stage.pause()
    stage.tick(minutes=1)
    stage.clock.advance(minutes=10)
    stage.resume()

    stage.tick(hours=1)

    assert [(row.split("|")[0], row.split("|")[3], row.split("|")[5]) for row in stage.ledger()] == [
        ("s", "11", "paused"),
        ("m", "58", "coalesced"),
        ("d", "1", ""),
    ]


def test_rq_suspend_and_a_pause_of_everything_are_the_same_truth(stage):
    a_paused_slot(stage, "everything")

    stage.store.redis.delete(stage.store.keys.suspended)
    assert stage.tick() == {"daily": "ok"}
    stage.work_off()
    stage.store.redis.set(stage.store.keys.suspended, 1, ex=7200)
    stage.tick(hours=1)

    hold = stage.job().held.hold
    assert (hold.pause.by, hold.pause.since) == ("rq suspend", None)
    assert stage.resume("everything").word == "ok"
    assert stage.tick() == {"daily": "ok"}
    assert stage.store.redis.get(stage.store.keys.suspended) is None


def test_a_suspension_with_an_end_says_until_when(stage):
    stage.save(every=3600)
    stage.store.redis.set(stage.store.keys.suspended, 1, ex=600)

    stage.tick(hours=1)

    until = stage.job().held.hold.until
    assert timedelta(seconds=590) < until - stage.clock() <= timedelta(seconds=600)


def test_a_deleted_job_takes_its_pause_with_it(stage):
    a_paused_slot(stage, "job:daily")

    assert stage.delete("daily") == "ok"
    stage.save()

    assert stage.job().paused is None


def test_an_edited_job_stays_paused(stage):
    a_paused_slot(stage, "job:daily")

    stage.save(every=3600, flow="f", timeout_ms=5000)
    stage.tick()

    assert stage.job().paused == Pause("job", stage.job().paused.since, "ana")
    assert stage.guard() == "paused"


def test_a_job_that_leaves_a_paused_group_goes_out(stage):
    a_paused_slot(stage, "flow:f")

    stage.save(every=3600, timeout_ms=5000)

    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_what_is_paused_costs_a_tick_nothing(stage):
    stage.checking = False
    stage.set(max_dispatch_per_tick=1000)
    for number in range(300):
        stage.save(f"job-{number}", every=10)
    stage.pause("everything")
    stage.clock.advance(seconds=10)
    assert [len(stage.tick()) for _ in range(4)] == [100, 100, 100, 0]

    def commands():
        return stage.store.redis.info("commandstats")

    before = sum(row["calls"] for row in commands().values())
    assert stage.tick(seconds=60) == {}
    after = sum(row["calls"] for row in commands().values())

    assert len(jobs.load_jobs(stage.store, [f"job-{number}" for number in range(300)])) == 300
    assert after - before < 50


@pytest.mark.parametrize("how", ["disable", "delete", "reschedule"])
def test_slots_that_a_pause_kept_are_decided_when_their_schedule_ends(stage, how):
    stage.save(every=60)
    stage.pause()
    stage.tick(minutes=1)
    stage.clock.advance(minutes=9, seconds=30)

    if how == "disable":
        stage.enable("daily", False)
    elif how == "delete":
        stage.delete("daily")
    else:
        stage.save(every=3600)

    assert [(row.split("|")[0], row.split("|")[3], row.split("|")[5]) for row in stage.ledger()] == [
        ("s", "10", "paused")
    ]


def test_kept_slots_of_cron_are_all_decided_however_many(stage):
    stage.save(schedule={"cron": "* * * * *"})
    stage.pause()
    stage.tick(minutes=1)
    stage.clock.advance(days=5)

    stage.enable("daily", False)

    assert [row.split("|")[3] for row in stage.ledger()] == [str(5 * 1440 + 1)]


def test_a_groups_own_limit_holds_and_wakes_who_waits_when_it_is_raised(stage):
    stage.save("a", every=3600, flow="f", overlap=True)
    assert stage.limit_flow("f", 1) == "ok"
    stage.ask("a")
    stage.tick(hours=1)
    assert stage.guard("a") == "flow_limit"
    assert stage.limit_flow("f", 1) == "same"

    stage.limit_flow("f", 2)

    assert stage.tick() == {"a": "ok"}
    assert stage.guard("a") is None


def test_of_two_who_read_the_same_limit_one_replaces_it(stage):
    assert [limit_flow(stage.store, "f", limit, AUTHOR, 0) for limit in (2, 3)] == ["ok", "stale"]
    assert limit_flow(stage.store, "f", 0, AUTHOR, 2) == "ok"
