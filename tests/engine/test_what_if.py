"""Recorded slots decided again: what follows from the job itself is played anew, what was outside of it stays as it was."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine import guards
from runners.engine.decision import dispatched, missed, skipped
from runners.engine.guards import Hold
from runners.engine.job import Job, spec_from_json
from runners.engine.run import FailureKind, RunStatus
from runners.engine.what_if import MOST_SLOTS, Claim, Past, expand, replay_all, typical

START = datetime(2026, 11, 20, tzinfo=UTC)
CALM = "c80l180t3"
BUSY = "c80l180r1t3"


def at(minutes):
    return START + timedelta(minutes=minutes)


def job(schedule=None, **inputs):
    spec = {"job_id": "a", "type": "t", "schedule": schedule or {"interval_sec": 600}, "inputs": inputs}
    return Job(spec_from_json(spec), 1, 1, True, START, START, START)


def went(minute, number, seen=CALM, decided=None, **asked):
    return dispatched(at(minute), at(minute if decided is None else decided), f"run_{number}", seen, **asked)


def kept(minute, guard, seen, *, end=None, **asked):
    return skipped(at(minute), at(minute + 10 if end is None else end), Hold(guard, 1, 1), seen, **asked)


def claim(number, start, end, status=RunStatus.SUCCESS, kind=None):
    return Claim(f"run_{number}", at(start), None if end is None else at(end), status, kind)


def past(*own, others=(), limit=0, length=5, until=1000):
    return Past({one.run_id: one for one in own}, tuple(others), limit, timedelta(minutes=length), at(until))


def replayed(decisions, of, before):
    rows = replay_all(expand(list(reversed(decisions)), of, START), of, before)
    return [(row.outcome, row.reason) for row in rows]


LONG = [went(10, 1), kept(20, "overlap", BUSY), went(30, 2)]
HELD_LONG = past(claim(1, 10, 30), claim(2, 30, 35))


def test_guards_that_are_the_same_decide_the_same():
    assert replayed(LONG, job(), HELD_LONG) == [("dispatched", ""), ("skipped", "overlap"), ("dispatched", "")]


def test_a_job_that_may_overlap_loses_no_slot_to_itself():
    assert replayed(LONG, job(allow_overlap=True), HELD_LONG) == [("dispatched", "")] * 3


def test_a_run_that_there_was_not_holds_its_place_for_the_usual_time():
    rows = [kept(10, "pressure", "c80P1q300l180t3"), went(20, 1)]
    critical = job(pressure_priority="critical")

    first, second = replay_all(expand(rows[::-1], critical, START), critical, past(claim(1, 20, 22), length=15))

    assert (first.outcome, first.at) == ("dispatched", at(10))
    assert (second.outcome, second.at) == ("dispatched", at(25))


def test_a_lower_limit_makes_slots_wait_for_each_other():
    rows = [went(10 * number, number) for number in (1, 2, 3, 4)]
    lasting = [claim(number, 10 * number, 10 * number + 25) for number in (1, 2, 3, 4)]
    grouped = job(flow_group="g", flow_max_active_runs=1, allow_overlap=True)

    found = replay_all(expand(rows[::-1], grouped, START), grouped, past(*lasting, limit=1))

    assert [(row.outcome, row.reason) for row in found] == [
        ("dispatched", ""),
        ("skipped", "flow_limit"),
        ("dispatched", ""),
        ("dispatched", ""),
    ]
    assert [row.at for row in found] == [at(10), at(30), at(35), at(60)]


def test_a_slot_that_is_held_goes_out_when_the_place_becomes_free():
    others = [claim(9, 5, 13)]
    grouped = job(flow_group="g", flow_max_active_runs=1)
    (row,) = replay_all(expand([went(10, 1)], grouped, START), grouped, past(claim(1, 10, 12), others=others, limit=1))

    assert (row.outcome, row.at) == ("dispatched", at(13))


def test_a_group_that_stays_full_holds_to_the_end():
    grouped = job(flow_group="g", flow_max_active_runs=1)

    assert replayed([went(10, 1)], grouped, past(claim(1, 10, 12), others=[claim(9, 5, None)], limit=1)) == [
        ("held", "flow_limit")
    ]


def test_pressure_stays_as_it_was_but_a_critical_job_passes_it():
    rows = [kept(10, "pressure", "c80P1q300l180t3"), went(20, 1)]

    assert replayed(rows, job(), past(claim(1, 20, 22)))[0] == ("skipped", "pressure")
    assert replayed(rows, job(pressure_priority="critical"), past(claim(1, 20, 22)))[0] == ("dispatched", "")


@pytest.mark.parametrize(("threshold", "third"), [(3, "dispatched"), (2, "skipped")])
def test_failures_are_counted_anew_by_the_threshold_that_is_tried(threshold, third):
    rows = [went(10 * number, number) for number in (1, 2, 3)]
    failing = [claim(number, 10 * number, 10 * number + 1, RunStatus.FAILED, FailureKind.ERROR) for number in (1, 2, 3)]
    of = job(failure_threshold=threshold, failure_cooldown_sec=1200, failure_cooldown_max_sec=1200)
    rows.append(went(40, 4))

    found = replayed(rows, of, past(*failing, claim(4, 40, 41)))

    assert found[2] == (third, "" if third == "dispatched" else "cooldown")


def test_failures_that_no_memory_counts_end_no_calm():
    rows = [went(10 * number, number) for number in (1, 2)]
    expired = [claim(1, 10, 11, RunStatus.FAILED, FailureKind.EXPIRED)]

    assert replayed(rows, job(failure_threshold=1), past(*expired, claim(2, 20, 21)))[1] == ("dispatched", "")


def test_what_no_scheduler_looked_at_stays_missed():
    gap = missed(at(20), at(40), 3, at(45), "coalesced")

    found = replayed([went(10, 1), gap, went(50, 2)], job(), past(claim(1, 10, 12), claim(2, 50, 52)))

    assert found == [("dispatched", ""), *[("missed", "coalesced")] * 3, ("dispatched", "")]


def test_a_request_is_refused_at_once_or_goes_and_holds_a_place():
    rows = [went(10, 1, source="api"), kept(12, "overlap", BUSY, end=12, source="api"), went(20, 2)]
    long = past(claim(1, 10, 25), claim(2, 25, 27))

    assert replayed(rows, job(), long)[1] == ("skipped", "overlap")
    assert replayed(rows, job(allow_overlap=True), long)[1] == ("dispatched", "")


def test_a_slot_that_went_out_late_for_a_reason_outside_of_the_job_waits_as_long_again():
    rows = [went(10, 1, decided=16)]
    (row,) = replay_all(expand(rows, job(), START), job(), past(claim(1, 16, 17)))

    assert (row.outcome, row.at) == ("dispatched", at(16))


def test_a_row_that_counts_many_slots_is_taken_apart_by_the_schedule_and_to_a_bound():
    row = skipped(at(10), at(50), Hold("paused", 1, 0), CALM + "p1")
    many = [type(row)(**{**{name: getattr(row, name) for name in row.__slots__}, "last_slot_at": at(40), "count": 4})]

    assert [one.at for one in expand(many, job(), START)] == [at(10), at(20), at(30), at(40)]
    assert [one.at for one in expand(many, job({"cron": "0 3 * * *"}), START)] == [at(10), at(20), at(30), at(40)]
    assert [one.at for one in expand(many, job(), at(25))] == [at(30), at(40)]
    endless = [
        type(row)(**{**{name: getattr(row, name) for name in row.__slots__}, "last_slot_at": at(10**6), "count": 10**5})
    ]
    assert len(expand(endless, job(), START)) == MOST_SLOTS


def test_a_cron_slot_that_is_held_beyond_its_grace_is_skipped():
    daily = {"cron": "10 0 * * *", "misfire_grace_sec": 60}
    grouped = job(daily, flow_group="g", flow_max_active_runs=1)
    (row,) = replay_all(
        expand([went(10, 1)], grouped, START), grouped, past(claim(1, 10, 12), others=[claim(9, 5, 13)], limit=1)
    )

    assert (row.outcome, row.reason, row.at) == ("skipped", "flow_limit", at(11) + timedelta(milliseconds=1))


def test_the_guards_are_the_one_tuple(monkeypatch):
    def closed(job, facts):
        return Hold("overlap", 1, 1)

    monkeypatch.setattr(guards, "GUARDS", (closed,))

    assert {outcome for outcome, _ in replayed(LONG, job(allow_overlap=True), HELD_LONG)} == {"skipped", "held"}


def test_the_usual_time_is_the_median_of_runs_that_ended():
    assert typical([claim(1, 0, 2), claim(2, 0, 4), claim(3, 0, 60), claim(4, 0, None)], timedelta()) == timedelta(
        minutes=4
    )
    assert typical([claim(4, 0, None)], timedelta(seconds=9)) == timedelta(seconds=9)
