"""When a hold can change: a clock's time, an estimate that says so, or the plain word that nobody can tell."""

from dataclasses import replace
from datetime import timedelta

import pytest

from runners.engine.guards import Hold
from runners.engine.outlook import Blocking, outlook
from runners.engine.run import Run, RunStatus
from runners.engine.words import Language
from tests.protocol.jobs import START

SEC = timedelta(seconds=1)
NOW = START + 100 * SEC
RUN = Run.from_hash(
    "run_a",
    {
        "job_id": "daily", "job_type": "t", "job_version": "1", "status": "running", "attempt": "0", "source": "schedule",
        "created_at": "1893456000000", "scheduled_at": "1893456000000", "started_at": "1893456000000",
        "timeout_ms": "1000", "max_retry": "0",
    },
)  # fmt: skip


def blocking(started, usual, status=RunStatus.RUNNING, retry_at=None):
    run = replace(RUN, status=status, started_at=START + started * SEC, retry_at=retry_at)
    return Blocking(run, None if usual is None else usual * SEC)


def said(guard, *blocked, per_minute=0.0, until=None, observed=1, limit=1):
    return outlook(Hold(guard, observed, limit, until=until), NOW, blocked, per_minute)


@pytest.mark.parametrize("guard", ["dispatch_cap", "cooldown", "paused"])
def test_a_clock_is_believed(guard):
    found = said(guard, until=NOW + SEC)

    assert (found.at, found.reason, found.estimated) == (NOW + SEC, "clock", False)


@pytest.mark.parametrize("guard", ["paused", "pending_approval"])
def test_what_people_decide_has_no_time(guard):
    assert (said(guard).at, said(guard).reason) == (None, "person")


@pytest.mark.parametrize(
    ("guard", "blocked", "after", "reason"),
    [
        ("overlap", [blocking(90, 30)], 20, "overlap"),
        ("overlap", [blocking(90, 30), blocking(95, 60)], 55, "overlap"),
        ("flow_limit", [blocking(90, 30), blocking(95, 60)], 20, "flow_limit"),
        ("overlap", [blocking(90, 30), blocking(0, 30)], None, "overdue"),
        ("flow_limit", [blocking(90, 30), blocking(0, 30)], 20, "flow_limit"),
        ("flow_limit", [blocking(0, 30)], None, "overdue"),
        ("overlap", [blocking(90, None)], None, "unknown"),
        ("overlap", [blocking(90, 30), blocking(90, None)], None, "unknown"),
        ("overlap", [], None, "unknown"),
        ("overlap", [blocking(0, 30, RunStatus.RETRYING, NOW + 5 * SEC)], 35, "overlap"),
        ("overlap", [blocking(0, 30, RunStatus.QUEUED)], 30, "overlap"),
        ("overlap", [blocking(90, 30, RunStatus.WAITING_APPROVAL)], None, "unknown"),
    ],
)
def test_a_run_ends_as_95_of_100_of_its_job_do(guard, blocked, after, reason):
    found = said(guard, *blocked)

    assert (found.at, found.reason) == (None if after is None else NOW + after * SEC, reason)
    assert found.estimated is (after is not None)


def test_pressure_ends_when_the_backlog_is_gone_at_the_present_rate():
    found = said("pressure", observed=300, limit=180, per_minute=40)

    assert (found.at, found.estimated) == (NOW + 180 * SEC, True)
    assert found.said(Language.EN) == "estimated for 2030-01-01 00:04:40 UTC: 120 runs above the mark, at 40 a minute"
    assert said("pressure", observed=300, limit=180).reason == "stalled"
