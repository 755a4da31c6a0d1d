"""What cannot be read is left out, and hides nothing beside it."""

from datetime import timedelta

import pytest

from runners.engine.errors import Unreadable
from runners.engine.protocol.presence import beat
from runners.engine.store import facts
from runners.engine.store.failure_memory import FailureMemory, load_memories
from runners.engine.store.job_index import JobFilter
from runners.engine.store.jobs import list_jobs, load_job
from runners.engine.store.processes import ProcessBeat, announced_handlers, list_processes, publish_handlers
from runners.engine.store.strips import strips
from tests.store.making import finished, save

TOO_LATE = "9" * 20


def test_an_unknown_last_status_reads_as_none(platform):
    save(platform)
    platform.store.redis.hset(platform.store.keys.job("daily"), "last_status", "zz")

    job = load_job(platform.store, "daily")

    assert job is not None
    assert job.last_status is None


def test_a_hold_of_an_unknown_guard_reads_as_none(platform):
    save(platform)
    fields = {"held_slot": 1, "held_since": 1, "held_guard": "zz"}
    platform.store.redis.hset(platform.store.keys.job("daily"), mapping=fields)

    job = load_job(platform.store, "daily")

    assert job is not None
    assert job.held is None


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("spec", '{"a":', "Expecting value"),
        ("spec", "[]", "spec is no JSON object"),
        ("spec", "[" * 100_000, "spec is nested too deeply"),
        ("created_at", TOO_LATE, "outside of the calendar"),
        ("version", "zz", "invalid literal"),
    ],
)
def test_a_broken_job_says_what_is_broken_and_what_to_do(platform, field, value, fault):
    save(platform, "good")
    save(platform, "after")
    platform.store.redis.hset(platform.store.keys.job("after"), field, value)

    with pytest.raises(
        Unreadable, match=f"^job 'after': its record cannot be read .*{fault}.*; save it again or delete it$"
    ):
        load_job(platform.store, "after")

    assert [job.job_id for job in list_jobs(platform.store, JobFilter(), limit=10).rows] == ["good"]


def test_a_job_that_is_no_hash_is_named_as_unreadable(platform):
    save(platform, "good")
    save(platform, "after")
    platform.store.redis.set(platform.store.keys.job("after"), "zz")

    page = list_jobs(platform.store, JobFilter(), limit=10)

    assert ([job.job_id for job in page.rows], page.unreadable) == (["good"], ("after",))


@pytest.mark.parametrize("entry", ["zz", "5", "[true,null,null,5]"])
def test_a_broken_entry_of_the_index_hides_no_other_job(platform, entry):
    save(platform, "good")
    platform.store.redis.hset(platform.store.keys.jobs_index, "after", entry)

    page = list_jobs(platform.store, JobFilter(search="good"), limit=10)

    assert [job.job_id for job in page.rows] == ["good"]


@pytest.mark.parametrize(
    ("field", "value"), [("pid", "zz"), ("beat_at", TOO_LATE), ("started_at", "zz"), ("slots", "zz")]
)
def test_a_broken_process_is_left_out(clocked, field, value):
    for name in ("good", "broken"):
        beat(clocked.store, ProcessBeat(name, "worker", "host", 7, "0.1.0", clocked.store.now(), "idle"))
    clocked.store.redis.hset(clocked.store.keys.process("broken"), field, value)

    assert [process.id for process in list_processes(clocked.store)] == ["good"]


def test_a_broken_announcement_is_left_out(clocked):
    beat(clocked.store, ProcessBeat("w", "worker", "host", 7, "0.1.0", clocked.store.now(), "idle"))
    publish_handlers(clocked.store, "w", {"own.type": {}})
    clocked.store.redis.hset(clocked.store.keys.handlers("w"), mapping={"broken": '{"a":', "list": "[]"})

    assert announced_handlers(clocked.store, list_processes(clocked.store)) == {"own.type": {}}


@pytest.mark.parametrize("row", ["zz", "1.5", TOO_LATE])
def test_a_duration_that_is_no_number_is_left_out(platform, row):
    platform.store.redis.rpush(platform.store.keys.durations("daily"), row, "40")

    assert strips(platform.store, ["daily"])["daily"].p50 == timedelta(milliseconds=40)


@pytest.mark.parametrize("row", ["zz", "1|2", "1|zz|0", f"{TOO_LATE}|1|0"])
def test_a_broken_depth_sample_is_left_out(platform, row):
    platform.store.redis.rpush(platform.store.keys.depths, row, "1000|7|0")

    assert [sample.depth for sample in facts.depth_samples(platform.store, 10)] == [7]


@pytest.mark.parametrize("number", ["zz", "9" * 400])
def test_a_minute_counts_what_is_no_number_as_nothing(clocked, clock, number):
    save(clocked)
    finished(clocked)
    minute = clocked.store.keys.minute(int(clock().timestamp()) // 60)
    clocked.store.redis.hset(minute, "failed", number)

    found = facts.total(facts.minutes(clocked.store, clock()))

    assert (found.success, found.failed) == (1, 0)


def test_counters_that_are_no_numbers_are_left_out(platform):
    platform.store.redis.hset(platform.store.keys.metrics, mapping={"retries": 2, "lost": "zz", "tick_ms": "9" * 400})

    assert facts.metrics(platform.store) == {"retries": 2}


def test_counters_of_a_wrong_type_are_none(platform):
    platform.store.redis.set(platform.store.keys.metrics, "zz")

    assert facts.metrics(platform.store) == {}


@pytest.mark.parametrize(("field", "value"), [("failures", "zz"), ("cooldown_until", TOO_LATE)])
def test_a_broken_failure_memory_is_left_out(platform, field, value):
    platform.store.redis.hset(platform.store.keys.memory("broken"), field, value)

    assert load_memories(platform.store, ["broken", "good"]) == {"good": FailureMemory()}
