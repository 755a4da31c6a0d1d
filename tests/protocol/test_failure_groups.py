"""Failures that are alike stand in one group, from their end until they are forgotten."""

from datetime import timedelta

from runners.engine.failure import OTHERS
from runners.engine.run import FailureKind


def groups(stage):
    """Return (job, kind, line, runs) of every group."""
    keys, redis = stage.store.keys, stage.store.redis
    names = sorted(redis.zrange(keys.failures, 0, -1), key=int)
    return [
        (*redis.hmget(keys.failure(name), "job_id", "kind", "line"), redis.zcard(keys.failure_runs(name)))
        for name in names
    ]


def failing(stage, job_id, error, kind=FailureKind.ERROR):
    """Fail a run of the job."""
    word, name = stage.ask(job_id, error, ignore=True)
    assert word == "ok"
    (claimed,) = stage.take()
    assert stage.finish(claimed, "failed", kind=kind, error=error) == "failed"
    stage.clock.advance(seconds=1)
    return name


def test_like_failures_of_a_job_meet_and_others_do_not(stage):
    for name in ("a", "b"):
        stage.save(name, schedule=None, memory=False)
    for error in ("row 1 is empty", "row 22 is empty", "no paper"):
        failing(stage, "a", error)
    failing(stage, "a", "row 3 is empty", FailureKind.TIMEOUT)
    failing(stage, "b", "row 4 is empty")

    assert groups(stage) == [
        ("a", "error", "row <n> is empty", 2),
        ("a", "error", "no paper", 1),
        ("a", "timeout", "row <n> is empty", 1),
        ("b", "error", "row <n> is empty", 1),
    ]


def test_a_run_that_is_tried_again_has_not_failed_yet(stage):
    stage.save(schedule=None, max_retry=1)
    stage.ask()

    assert stage.fail(*stage.take()) == "retrying"
    assert groups(stage) == []


def test_what_no_worker_ends_stands_in_a_group_too(stage):
    stage.save("lost", schedule=None, on_worker_lost="fail")
    stage.save("late", schedule=None, expires_sec=5)
    stage.ask("lost")
    stage.take()
    stage.ask("late")
    stage.clock.advance(seconds=60)
    stage.reap()

    assert sorted(groups(stage)) == [
        ("late", "expired", "waited longer than its expires_sec", 1),
        ("lost", "lost", "", 1),
    ]


def test_the_versions_that_failed_so_are_known(stage):
    stage.save("a", schedule=None, memory=False)
    failing(stage, "a", "no paper")
    stage.save("a", schedule=None, memory=False, inputs={"x": 1})
    failing(stage, "a", "no paper")

    assert stage.store.redis.zrange(stage.store.keys.failure_versions("1"), 0, -1) == ["1", "2"]


def test_a_job_with_too_many_kinds_of_errors_has_one_group_for_the_others(stage):
    stage.checking = False
    stage.save("a", schedule=None, memory=False)
    failing(stage, "a", "no paper")
    taken = [part for number in range(1_000, 1_099) for part in (f"error|no {number}", number)]
    stage.store.redis.execute_command("HMSET", stage.store.keys.failures_of("a"), *taken)
    for error in ("no paper", "no ink", "no pen"):
        failing(stage, "a", error)

    assert groups(stage) == [("a", "error", "no paper", 2), ("a", "error", OTHERS, 2)]


def test_a_group_goes_with_its_last_run(stage):
    stage.save("a", schedule=None, memory=False)
    for error in ("no paper", "no ink", "no ink"):
        failing(stage, "a", error)
    stage.clock.advance(days=1)
    stage.sweep(1)

    assert groups(stage) == [("a", "error", "no ink", 1)]
    stage.sweep(0)
    assert groups(stage) == []
    keys = stage.store.keys
    left = stage.store.redis.keys(f"{keys.prefix}failure*")
    assert left == [keys.last_failure_group]


def test_a_group_that_comes_again_is_a_new_one(stage):
    stage.save("a", schedule=None, memory=False)
    failing(stage, "a", "no paper")
    stage.clock.advance(days=1)
    stage.sweep(0)
    failing(stage, "a", "no paper")

    keys = stage.store.keys
    assert stage.store.redis.zrange(keys.failures, 0, -1) == ["2"]
    assert stage.score(keys.failures, "2") == stage.clock() - timedelta(seconds=1)
