"""Figures of the deployment are what the protocol wrote, and nothing else."""

from datetime import timedelta

from runners.engine import operations
from runners.engine.store import attention, facts
from runners.engine.store.failure_memory import failing
from runners.engine.store.ledger import read_ledger
from runners.engine.store.strips import End, percentile, strips
from tests.store.making import ADMIN, claim, finished, save, start


def test_depth_falls_as_runs_start(clocked, clock):
    save(clocked, "vital", inputs={"pressure_priority": "critical"})
    save(clocked, "daily")
    start(clocked, "vital")
    start(clocked, "daily")
    clock.advance(seconds=3)
    start(clocked, "daily")

    before = facts.queue_facts(clocked.store)
    claim(clocked, 1)
    after = facts.queue_facts(clocked.store)

    assert (before.depth, before.running, before.oldest_wait) == (3, 0, timedelta(seconds=3))
    assert before.depth_by_priority == {"critical": 1, "normal": 2, "low": 0}
    assert (after.depth, after.running) == (2, 1)
    assert not after.pressure_mode


def test_an_empty_queue_has_no_oldest_wait(platform):
    found = facts.queue_facts(platform.store)

    assert (found.depth, found.delayed, found.running, found.held, found.oldest_wait) == (0, 0, 0, 0, None)


def test_the_last_hour_ends_with_this_minute(clocked, clock):
    save(clocked)
    finished(clocked)
    clock.advance(minutes=59)
    finished(clocked, error="no")

    within = facts.total(facts.minutes(clocked.store, clock()))
    later = facts.total(facts.minutes(clocked.store, clock.advance(minutes=1)))

    assert (within.queued, within.success, within.failed) == (2, 1, 1)
    assert (later.queued, later.success, later.failed) == (1, 0, 1)


def test_all_time_counters_are_named_by_type_and_status(platform):
    save(platform)
    finished(platform)
    finished(platform, error="no")

    counted = facts.metrics(platform.store)

    assert counted["runs|simulation.heavy|success"] == 1
    assert counted["runs|simulation.heavy|failed"] == 1


def test_depth_samples_come_oldest_first(platform):
    for row in ("1000|5|0", "11000|301|1"):
        platform.store.redis.lpush(platform.store.keys.depths, row)

    found = facts.depth_samples(platform.store, 10)

    assert [(sample.depth, sample.pressure) for sample in found] == [(5, False), (301, True)]


def test_a_strip_shows_how_runs_ended_and_which_are_active(platform):
    save(platform)
    ok, bad = finished(platform), finished(platform, error="no")
    active = start(platform)

    found = strips(platform.store, ["daily", "none"])

    assert [(mark.end, mark.by, mark.slots) for mark in found["daily"].marks] == [
        (End.SUCCESS, ok.run_id, 1),
        (End.FAILED, bad.run_id, 1),
    ]
    assert found["daily"].active_runs == (active.run_id,)
    assert (found["none"].marks, found["none"].active_runs, found["none"].p50) == ((), (), None)


def test_a_strip_tells_runs_that_wait_for_a_person_from_those_under_way(platform):
    save(platform)
    under_way = start(platform)
    save(platform, requires_approval=True)
    waits = start(platform)
    platform.store.redis.sadd(
        platform.store.keys.approvals("daily"), "ap_aaaaaaaaaa_aaaaaaaaaaaa_1"
    )  # a grant's, of no run

    found = strips(platform.store, ["daily"])["daily"]

    assert set(found.active_runs) == {under_way.run_id, waits.run_id}
    assert found.waiting_runs == (waits.run_id,)


def test_a_strip_counts_the_slots_of_a_miss_and_leaves_out_what_it_cannot_read(platform):
    key = platform.store.keys.strip("daily")
    platform.store.redis.rpush(key, "m|1000|90|too_late", "?|1|2|3", "x|2000|1|overlap")

    marks = strips(platform.store, ["daily"])["daily"].marks

    assert [(mark.end, mark.slots, mark.by) for mark in marks] == [
        (End.MISSED, 90, "too_late"),
        (End.SKIPPED, 1, "overlap"),
    ]


def test_a_percentile_is_a_duration_that_was_measured():
    seconds = [timedelta(seconds=number) for number in range(1, 101)]

    assert percentile(seconds, 0.5) == timedelta(seconds=50)
    assert percentile(seconds, 0.95) == timedelta(seconds=95)
    assert percentile(seconds[:1], 0.95) == timedelta(seconds=1)
    assert percentile([], 0.5) is None


def test_failing_jobs_are_known_until_a_success_or_a_reset(platform):
    save(platform, "a")
    save(platform, "b")
    for _ in range(2):
        finished(platform, "a", error="no")
    finished(platform, "b", error="no")
    assert failing(platform.store, 10) == {"a": 2, "b": 1}

    finished(platform, "a")
    operations.reset_memory(platform, ADMIN, "b")

    assert failing(platform.store, 10) == {}


def test_a_deleted_job_is_in_no_index(platform):
    save(platform, "a", schedule={"interval_sec": 60}, inputs={"flow_group": "bank", "flow_max_active_runs": 1})
    finished(platform, "a", error="no")

    operations.delete_job(platform, ADMIN, "a")

    leading = attention.leading(platform.store, 10, platform.store.now())
    assert (leading.failing, leading.poison, leading.held, leading.next, leading.any) == ([], [], [], [], [])
    assert leading.jobs == 0


def test_an_unread_ledger_row_hides_no_other(platform):
    key = platform.store.keys.ledger("daily")
    platform.store.redis.rpush(key, "d|1000|1000|1|1001||0|0||0|run_1", "broken", "s|2000|2000|1|2001|overlap|1|1|1|1|")

    found = read_ledger(platform.store, "daily", 10).decisions

    assert [(row.outcome, row.reason) for row in found] == [("skipped", "overlap"), ("dispatched", "")]
