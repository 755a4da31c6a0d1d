"""Saving, switching and deleting jobs: everything is checked first, and nobody's change is lost."""

import pytest

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, NotFound, Stale
from runners.engine.operations import JobFilter
from runners.engine.protocol.presence import beat
from runners.engine.run import RunStatus
from runners.engine.store.processes import ProcessBeat, publish_handlers
from tests.store.making import ADMIN, claim, finished, save, spec, start


def stored(platform):
    return operations.list_jobs(platform, ADMIN, JobFilter(), limit=10).rows


def test_saving_creates_updates_or_leaves_alone(platform):
    saved = [operations.save_job(platform, ADMIN, spec(description=text)) for text in ("a", "a", "b")]

    assert [(one.status, one.job.version) for one in saved] == [("created", 1), ("unchanged", 1), ("updated", 2)]
    assert operations.get_job(platform, ADMIN, "daily").spec.description == "b"


def test_every_problem_is_named_and_nothing_is_stored(platform):
    raw = {"job_id": "a:b", "type": "nope", "schedule": {"cron": "61 * * * *"}, "timeout_ms": -1, "retry_polcy": {}}

    with pytest.raises(Invalid) as refused:
        operations.save_job(platform, ADMIN, raw)

    places = {problem.loc[0] for problem in refused.value.problems}
    assert places == {"job_id", "type", "schedule", "timeout_ms", "retry_polcy"}
    assert any("did you mean 'retry_policy'" in problem.msg for problem in refused.value.problems)
    assert stored(platform) == ()


@pytest.mark.parametrize(
    ("fields", "keep_enabled", "enabled"),
    [({}, False, True), ({}, True, False), ({"enabled": True}, True, True), ({"enabled": False}, False, False)],
)
def test_a_job_is_enabled_unless_it_says_no_or_the_flag_is_kept(platform, fields, keep_enabled, enabled):
    save(platform, enabled=False)

    saved = operations.save_job(platform, ADMIN, spec(**fields), keep_enabled=keep_enabled)

    assert saved.job.enabled is enabled


def test_a_new_job_is_enabled_even_where_the_flag_would_be_kept(platform):
    assert operations.save_job(platform, ADMIN, spec(), keep_enabled=True).job.enabled


def test_switching_by_a_save_writes_no_version(platform):
    save(platform)

    saved = operations.save_job(platform, ADMIN, spec(enabled=False))

    assert (saved.status, saved.job.version, saved.job.enabled) == ("updated", 1, False)


def test_create_only_refuses_a_job_that_exists(platform):
    save(platform)

    with pytest.raises(Stale, match="exists already"):
        operations.save_job(platform, ADMIN, spec(description="mine"), create_only=True)

    assert operations.get_job(platform, ADMIN, "daily").spec.description == ""


@pytest.mark.parametrize("expected", [2, 0])
def test_another_version_than_the_expected_one_is_stale(platform, expected):
    save(platform)

    with pytest.raises(Stale, match="at version 1"):
        operations.save_job(platform, ADMIN, spec(description="mine"), expected_version=expected)


def test_a_version_of_a_job_that_does_not_exist_is_stale(platform):
    with pytest.raises(Stale, match="does not exist"):
        operations.save_job(platform, ADMIN, spec(), expected_version=1)


def test_a_type_that_a_live_worker_announces_can_be_saved(clocked, clock):
    beat(clocked.store, ProcessBeat("w1", "worker", "host", 7, "0.1.0", clock(), "idle"))
    publish_handlers(clocked.store, "w1", {"own.type": {"type": "object"}})

    saved = operations.save_job(clocked, ADMIN, spec(type="own.type", inputs={"anything": 1}))

    assert saved.status == "created"
    assert "own.type" in operations.handler_types(clocked, ADMIN)
    assert operations.input_schema(clocked, ADMIN, "own.type") == {"type": "object"}
    clock.advance(seconds=60)
    with pytest.raises(Invalid, match=r"own\.type"):
        operations.save_job(clocked, ADMIN, spec("other", type="own.type"))


def test_an_unknown_type_has_no_schema(platform):
    with pytest.raises(NotFound, match=r"simulation\.heavy"):
        operations.input_schema(platform, ADMIN, "simulation.haevy")


def test_disabling_takes_the_slots_away_and_enabling_brings_them_back(platform):
    save(platform, schedule={"interval_sec": 60})

    off = operations.set_enabled(platform, ADMIN, "daily", False)
    again = operations.set_enabled(platform, ADMIN, "daily", False)
    on = operations.set_enabled(platform, ADMIN, "daily", True)

    assert (off.enabled, off.next_slot_at) == (False, None)
    assert again == off
    assert on.enabled
    assert on.next_slot_at is not None
    assert [job.job_id for job in operations.list_jobs(platform, ADMIN, JobFilter(enabled=True), 10).rows] == ["daily"]


def test_a_job_with_active_runs_is_not_deleted(platform):
    save(platform)
    start(platform)

    with pytest.raises(Conflict, match=r"1 active run"):
        operations.delete_job(platform, ADMIN, "daily")

    assert operations.get_job(platform, ADMIN, "daily")


def test_deleting_with_cancel_ends_what_waits_and_asks_what_runs(platform):
    save(platform)
    running = start(platform)
    claim(platform)
    queued = start(platform)

    operations.delete_job(platform, ADMIN, "daily", cancel=True)

    assert stored(platform) == ()
    assert operations.get_run(platform, ADMIN, queued.run_id).status is RunStatus.CANCELLED
    assert operations.get_run(platform, ADMIN, running.run_id).cancel_requested


def test_history_outlives_its_job(platform):
    save(platform)
    run = finished(platform)

    operations.delete_job(platform, ADMIN, "daily")

    assert operations.get_run(platform, ADMIN, run.run_id).status is RunStatus.SUCCESS
    assert operations.list_runs(platform, ADMIN, operations.RunFilter(job_id="daily"), 10).total == 1


def test_memory_is_told_in_plain_words_and_can_be_reset(clocked, clock):
    save(clocked, inputs={"failure_threshold": 2, "failure_cooldown_sec": 60})
    for _ in range(2):
        finished(clocked, error='no "paper"')
    clock.advance(seconds=10)

    memory = operations.memory(clocked, ADMIN, "daily")
    operations.reset_memory(clocked, ADMIN, "daily")

    assert (memory.consecutive_failures, memory.last_error) == (2, 'no "paper"')
    assert memory.cooldown_remaining(clock()).total_seconds() == 50
    assert operations.memory(clocked, ADMIN, "daily").consecutive_failures == 0


@pytest.mark.parametrize(
    "ask",
    [
        operations.get_job,
        operations.delete_job,
        operations.memory,
        operations.reset_memory,
        operations.explain,
        operations.run_job,
        operations.get_run,
        operations.run_events,
    ],
)
def test_what_does_not_exist_is_not_found(platform, ask):
    with pytest.raises(NotFound, match="'none' does not exist"):
        ask(platform, ADMIN, "none")
