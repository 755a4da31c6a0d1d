"""Why, why not, and when: a dry run that changes nothing."""

from datetime import timedelta

import pytest

from runners.engine import operations
from runners.engine.errors import Invalid
from runners.engine.guards import GUARDS
from runners.scheduler import GuardedScheduler
from tests.store.making import ADMIN, save, spec, start


def test_every_guard_says_its_verdict_in_order(platform):
    save(platform, inputs={"allow_overlap": False})
    active = start(platform)

    found = operations.explain(platform, ADMIN, "daily")

    assert [verdict.guard for verdict in found.verdicts] == [guard.__name__ for guard in GUARDS]
    assert [verdict.guard for verdict in found.verdicts if verdict.hold] == ["overlap"]
    assert found.hold.blocked_by == (active.run_id,)
    assert active.run_id in found.sentence


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"schedule": {"interval_sec": 60}}, "goes out when its next slot is due"),
        ({}, "runs when somebody asks"),
        ({"schedule": {"interval_sec": 60}, "enabled": False}, "is disabled"),
    ],
)
def test_a_job_that_nothing_holds_is_explained_too(platform, fields, words):
    save(platform, **fields)

    found = operations.explain(platform, ADMIN, "daily")

    assert found.hold is None
    assert words in found.sentence


def test_a_forecast_begins_at_the_jobs_own_anchor(clocked, clock):
    job = save(clocked, schedule={"interval_sec": 60})
    clock.advance(seconds=90)

    times = operations.forecast(clocked, ADMIN, "daily", 3)

    assert [fire.at_utc for fire in times] == [job.anchor_at + timedelta(minutes=number) for number in (2, 3, 4)]


def test_after_a_clock_was_set_back_nothing_is_foretold_or_promised_twice(clocked, clock):
    save(clocked, schedule={"interval_sec": 60})
    scheduler = GuardedScheduler(clocked)
    clock.advance(days=1)
    while scheduler.enqueue_jobs():
        clock.advance(seconds=1)
    ahead = operations.forecast(clocked, ADMIN, "daily", 2)

    clock.advance(days=-1)

    assert [fire.at_utc for fire in operations.forecast(clocked, ADMIN, "daily", 2)] == [fire.at_utc for fire in ahead]
    assert "the store's clock was set back" in operations.explain(clocked, ADMIN, "daily").sentence


def test_a_one_off_job_that_ran_is_not_foretold_again(clocked, clock):
    save(clocked, schedule={"at": "2030-01-01T01:00:00Z"})
    clock.advance(hours=1)
    GuardedScheduler(clocked).enqueue_jobs()

    clock.advance(hours=-1)

    assert operations.forecast(clocked, ADMIN, "daily", 2) == []


def test_a_job_without_a_schedule_has_no_forecast(platform):
    save(platform)

    assert operations.forecast(platform, ADMIN, "daily", 3) == []


def test_a_preview_checks_and_stores_nothing(platform):
    found = operations.preview(platform, ADMIN, spec(schedule={"cron": "0 9 * * mon-fri"}), 5)

    assert len(found.times) == 5
    assert operations.list_jobs(platform, ADMIN, operations.JobFilter(), 1).total == 0
    with pytest.raises(Invalid, match="61"):
        operations.preview(platform, ADMIN, spec(schedule={"cron": "61 * * * *"}), 5)
