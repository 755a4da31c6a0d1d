"""The daily report covers its 24 hours, all of them and nothing else."""

import json
from datetime import timedelta

import pytest

from runners.engine import decision
from runners.engine.guards import Hold
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import FailureKind
from runners.engine.store import run_index
from runners.handlers.report import daily, slots_within
from tests.handlers.context import FakeContext, perform
from tests.store.making import LEASE, claim, save, start


def end(platform, error=None):
    """End the one queued run of the store, well or with `error`."""
    (claimed,) = claim(platform)
    kind, outcome = (FailureKind.ERROR, "failed") if error else (None, "success")
    result = json.dumps({"success": not error, "output": None, "error": error, "duration_ms": 5})
    exchange(platform.store, "worker-1", LEASE, [Ended(claimed.run_id, claimed.token, outcome, result, kind, error)], 0)


def report(platform, clock):
    return perform(daily, FakeContext(platform=platform, scheduled_at=clock()))


def test_an_empty_day_is_a_report_too(clocked, clock):
    output = report(clocked, clock)

    assert (output["runs"], output["by_status"], output["jobs"]) == (0, {}, [])
    assert output["start_at"] == "2029-12-31T00:00:00.000Z"
    assert output["end_at"] == "2030-01-01T00:00:00.000Z"
    assert "0 runs" in output["text"]


def test_runs_are_counted_by_status_and_job(clocked, clock):
    save(clocked, "good")
    save(clocked, "bad")
    for job_id, error in [("good", None), ("good", None), ("bad", "out of paper\nat line 3")]:
        start(clocked, job_id)
        clock.advance(seconds=2)
        end(clocked, error)
    start(clocked, "good")
    clock.advance(seconds=1)

    output = report(clocked, clock)

    assert output["by_status"] == {"success": 2, "failed": 1, "active": 1}
    assert output["jobs"] == [
        {"job_id": "bad", "runs": 1, "failed": 1},
        {"job_id": "good", "runs": 3, "success": 2, "active": 1},
    ]
    assert [(row["job_id"], row["failure_kind"], row["error"]) for row in output["failures"]] == [
        ("bad", "error", "out of paper")
    ]
    assert "bad: out of paper" in output["text"]
    assert json.loads(json.dumps(output)) == output


@pytest.mark.parametrize(
    ("created_before", "ended_before", "counted"),
    [
        (timedelta(hours=23, minutes=59), timedelta(hours=23), 1),
        (timedelta(hours=25), timedelta(hours=23), 1),
        (timedelta(days=6), timedelta(hours=23), 1),
        (timedelta(days=6), timedelta(hours=25), 0),
        (timedelta(hours=26), timedelta(hours=25), 0),
        (timedelta(hours=24), timedelta(hours=24), 1),
    ],
)
def test_a_run_counts_when_it_was_created_or_ended_within_the_day(
    clocked, clock, created_before, ended_before, counted
):
    now = clock()
    clock.at = now - created_before
    save(clocked)
    start(clocked)
    clock.at = now - ended_before
    end(clocked)
    clock.at = now

    assert report(clocked, clock)["runs"] == counted


def test_a_run_created_after_the_report_was_due_belongs_to_the_next_one(clocked, clock):
    due = clock()
    save(clocked)
    clock.advance(minutes=5)
    start(clocked)

    assert perform(daily, FakeContext(platform=clocked, scheduled_at=due))["runs"] == 0


def test_the_report_does_not_count_its_own_run(clocked, clock):
    save(clocked)
    own = start(clocked)
    clock.advance(seconds=1)

    output = perform(daily, FakeContext(platform=clocked, scheduled_at=clock(), run_id=own.run_id))

    assert output["runs"] == 0


@pytest.mark.slow
def test_more_runs_than_one_page_or_batch_holds_are_all_counted(clocked, clock, monkeypatch):
    monkeypatch.setattr(run_index, "READ_AT_ONCE", 100)
    save(clocked, inputs={"pressure_priority": "critical"})
    for _ in range(501):
        start(clocked)
    clock.advance(seconds=1)

    assert report(clocked, clock)["runs"] == 501


@pytest.mark.slow
def test_a_bad_day_stays_within_what_an_output_may_hold(clocked, clock):
    for number in range(130):
        save(clocked, f"a-rather-long-job-name-{number:03}" * 3)
        start(clocked, f"a-rather-long-job-name-{number:03}" * 3)
        clock.advance(seconds=1)
        end(clocked, "x" * 1000)

    output = report(clocked, clock)

    assert len(json.dumps(output)) < 64 * 1024
    assert output["jobs_left_out"] == 30
    assert len(output["failures"]) == 40
    assert output["failures"][0]["job_id"].startswith("a-rather-long-job-name-129")


def test_skipped_slots_are_counted_by_guard(clocked, clock):
    save(clocked)
    store = clocked.store
    hold = Hold("overlap", observed=1, limit=1)
    rows = [decision.skipped(clock() - timedelta(hours=hours), clock(), hold) for hours in (30, 2, 1)]
    for row in rows:
        store.redis.rpush(store.keys.ledger("daily"), decision.encode(row))

    output = report(clocked, clock)

    assert output["skipped_slots"] == {"overlap": 2}
    assert output["skipped_slots_complete"] is True
    assert "2 by overlap" in output["text"]


def test_a_ledger_that_was_cut_within_the_day_says_so(clocked, clock):
    save(clocked)
    store = clocked.store
    row = decision.encode(decision.dispatched(clock() - timedelta(hours=1), clock(), "run_a_b"))
    store.redis.rpush(store.keys.ledger("daily"), *[row] * decision.LEDGER_KEPT)
    store.redis.hset(store.keys.ledgers_dropped, "daily", 1)

    assert report(clocked, clock)["skipped_slots_complete"] is False


@pytest.mark.parametrize(
    ("first", "last", "count", "inside"),
    [(-48, -25, 24, 0), (-23, -1, 23, 23), (-30, -18, 13, 6), (-1, -1, 1, 1), (-48, 0, 49, 24), (0, 0, 1, 0)],
)
def test_of_a_row_that_reaches_beyond_the_day_its_share_counts(clock, first, last, count, inside):
    now = clock()
    hold = Hold("overlap", observed=1, limit=1)
    row = decision.skipped(now + timedelta(hours=first), now, hold)
    long = decision.Decision(row.outcome, row.slot_at, now + timedelta(hours=last), count, now, "overlap")

    assert slots_within(long, now - timedelta(hours=24), now) == inside
