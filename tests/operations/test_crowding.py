"""How crowded a job's minutes are, asked of the store in the same few round trips however many jobs there are."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest

from runners.engine import operations
from runners.engine.clock import to_ms
from runners.engine.errors import NotFound
from runners.engine.guards import Hold
from runners.engine.job import Held
from runners.engine.operations import Actor, Role
from runners.engine.words import Language
from tests.round_trips import counted

ADA = Actor("ada", Role.ADMIN, "api")


def save(platform, job_id, **spec):
    operations.save_job(platform, ADA, {"job_id": job_id, "type": "simulation.heavy", **spec})


def at_two(platform, number, **spec):
    for place in range(number):
        save(platform, f"nightly-{place}", schedule={"cron": "0 2 * * *"}, **spec)


def test_a_full_minute_is_said_with_the_one_to_move_to(platform):
    at_two(platform, 4)
    save(platform, "late", schedule={"cron": "1 2 * * *"})
    save(platform, "asked")

    crowded = operations.crowding(platform, ADA, "nightly-0")

    assert (crowded.found.peak, crowded.found.at.hour, crowded.found.at.minute) == (3, 2, 0)
    assert (crowded.found.minute, crowded.found.best, crowded.better) == (2, 0, "2 2 * * *")
    assert crowded.said(Language.EN).startswith("3 other jobs fall due in its minute at ")
    assert crowded.said(Language.EN).endswith(
        "; move it to minute :02 to avoid the peak: there 0 at most fall due with it"
    )
    assert "pindahkan ke menit :02" in crowded.said(Language.ID)


def test_disabled_and_deleted_jobs_crowd_nothing(platform):
    at_two(platform, 3)
    operations.set_enabled(platform, ADA, "nightly-1", False)
    operations.delete_job(platform, ADA, "nightly-2")

    crowded = operations.crowding(platform, ADA, "nightly-0")

    assert (crowded.found.peak, crowded.better) == (0, None)
    assert crowded.said(Language.EN) == "no other job falls due in any of its minutes"


def test_a_job_without_slots_ahead_is_in_no_minute(platform):
    save(platform, "asked")
    save(platform, "off", schedule={"cron": "0 2 * * *"}, enabled=False)

    assert operations.crowding(platform, ADA, "asked") is None
    assert operations.crowding(platform, ADA, "off") is None
    with pytest.raises(NotFound):
        operations.crowding(platform, ADA, "nobody")


def test_a_held_job_is_still_in_its_minute_and_a_broken_record_breaks_nothing(platform):
    at_two(platform, 3)
    platform.store.redis.zrem(platform.store.keys.due("regular"), "nightly-1")
    platform.store.redis.hset(platform.store.keys.jobs_index, "nightly-2", "[")

    assert operations.crowding(platform, ADA, "nightly-0").found.peak == 1


def test_a_held_interval_counts_by_its_slots_and_not_by_when_it_is_looked_at_again(platform, monkeypatch):
    save(platform, "paced", schedule={"interval_sec": 1200})
    job = operations.get_job(platform, ADA, "paced")
    later = job.next_run_at + timedelta(minutes=10)
    held = replace(job, held=Held(job.next_run_at, later, Hold("cooldown", 4, 3, until=later)))
    platform.store.redis.zadd(platform.store.keys.due("regular"), {"paced": to_ms(later)})
    monkeypatch.setattr(import_module("runners.engine.operations.crowding"), "existing_job", lambda store, job_id: held)

    crowded = operations.crowding(platform, ADA, "paced")

    assert (job.next_run_at.minute - crowded.found.at.minute) % 20 == 0


def test_the_round_trips_are_the_same_for_few_jobs_and_for_many(platform):
    at_two(platform, 1)
    with counted(platform) as few:
        operations.crowding(platform, ADA, "nightly-0")
    at_two(platform, 30)

    with counted(platform) as many:
        operations.crowding(platform, ADA, "nightly-0")

    assert many.number == few.number == 3


def test_the_coming_day_counts_all_jobs_in_each_minute(platform):
    at_two(platform, 3)
    save(platform, "often", schedule={"interval_sec": 30})

    counts = operations.coming_day(platform, ADA).counts

    assert (max(counts), min(counts), counts.count(4)) == (4, 1, 1)
