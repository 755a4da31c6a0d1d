"""Runs that somebody asks for pass through the same guards as scheduled ones, and say which one holds."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from runners.engine import guards, operations
from runners.engine.errors import Conflict, Invalid, NotFound
from runners.engine.operations import RunFilter, admission, runs
from runners.engine.protocol import retention
from runners.engine.run import RunStatus
from tests.store.making import ADMIN, claim, finished, save, start

ALONE = {"allow_overlap": False}


def held(platform, job_id="daily", **options):
    """Ask for a run and return the refusal."""
    with pytest.raises(Conflict) as refused:
        operations.run_job(platform, ADMIN, job_id, **options)
    return refused.value


def test_a_run_is_queued_with_the_inputs_merged_over_the_jobs_own(platform):
    save(platform, inputs={"work_ms": 200, "payload_kb": 1})

    run = operations.run_job(platform, ADMIN, "daily", {"work_ms": 300}, source="chat")

    assert (run.status, run.source, run.actor, run.slot_at) == (RunStatus.QUEUED, "chat", "ada", None)
    assert (run.inputs["work_ms"], run.inputs["payload_kb"]) == (300, 1)
    assert operations.get_job(platform, ADMIN, "daily").spec.inputs["work_ms"] == 200


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"work_ms": 1}, ("inputs", "work_ms")),
        ({"work_ms": "300"}, ("inputs", "work_ms")),
        ({"wrok_ms": 300}, ("inputs", "wrok_ms")),
        ({"allow_overlap": True}, ("inputs", "allow_overlap")),
        ({"pressure_priority": "critical"}, ("inputs", "pressure_priority")),
    ],
)
def test_wrong_inputs_and_controls_are_refused_before_anything_happens(platform, inputs, place):
    save(platform)

    with pytest.raises(Invalid) as refused:
        operations.run_job(platform, ADMIN, "daily", inputs)

    assert [problem.loc for problem in refused.value.problems] == [place]
    assert operations.list_runs(platform, ADMIN, RunFilter(), limit=1).total == 0


def test_overlap_holds_and_names_the_run_that_blocks(platform):
    save(platform, inputs=ALONE)
    active = start(platform)

    refusal = held(platform)

    assert (refusal.hold.guard, refusal.hold.blocked_by) == ("overlap", (active.run_id,))
    assert active.run_id in str(refusal)
    assert held(platform, ignore_guards=True).hold.guard == "overlap"


def test_a_flow_group_holds_at_its_lowest_limit(platform):
    save(platform, "a", inputs={"flow_group": "bank", "flow_max_active_runs": 2})
    save(platform, "b", inputs={"flow_group": "bank", "flow_max_active_runs": 1})
    start(platform, "a")

    refusal = held(platform, "a")

    assert (refusal.hold.guard, refusal.hold.observed, refusal.hold.limit) == ("flow_limit", 1, 1)
    assert "flow group bank" in str(refusal)


def test_cooldown_holds_until_it_ends_and_can_be_passed_over(clocked, clock):
    save(clocked, inputs={"failure_threshold": 1, "failure_cooldown_sec": 60})
    finished(clocked, error="no")

    refusal = held(clocked)
    passed = operations.run_job(clocked, ADMIN, "daily", ignore_guards=True)
    clock.advance(seconds=60)
    later = start(clocked)

    assert refusal.hold.guard == "cooldown"
    assert refusal.hold.until is not None
    assert passed.status is later.status is RunStatus.QUEUED


def test_pressure_holds_all_but_critical_jobs(platform):
    platform.store.redis.hset(platform.store.keys.pressure, "on", "1")
    save(platform)
    save(platform, "vital", inputs={"pressure_priority": "critical"})
    save(platform, "filler")
    for _ in range(platform.settings.pressure_low + 1):
        operations.run_job(platform, ADMIN, "filler", ignore_guards=True)

    assert held(platform).hold.guard == "pressure"
    assert start(platform, "vital").status is RunStatus.QUEUED


def test_a_pause_holds_even_what_ignores_guards(platform):
    save(platform)
    platform.store.redis.set(platform.store.keys.suspended, "1")

    assert held(platform, ignore_guards=True).hold.guard == "paused"


def test_what_the_facts_did_not_show_the_admission_still_refuses(platform, monkeypatch):
    save(platform, inputs=ALONE)
    start(platform)
    monkeypatch.setattr(guards, "first_hold", lambda *_: None)

    assert held(platform).hold.guard == "overlap"
    assert operations.list_runs(platform, ADMIN, RunFilter(), limit=1).total == 1


def test_of_many_who_ask_at_once_one_gets_the_run(platform):
    save(platform, inputs=ALONE)

    def ask(_: int) -> bool:
        try:
            operations.run_job(platform, ADMIN, "daily")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))

    assert sum(answers) == 1
    assert len(claim(platform, 5)) == 1


def test_one_key_at_one_moment_makes_one_run(clocked):
    save(clocked)

    first, second = (operations.run_job(clocked, ADMIN, "daily", idempotency_key="k") for _ in range(2))

    assert first.run_id == second.run_id
    assert operations.list_runs(clocked, ADMIN, RunFilter(), limit=1).total == 1


def test_a_disabled_job_runs_when_somebody_asks(platform):
    save(platform, enabled=False)

    assert start(platform).status is RunStatus.QUEUED


def test_the_same_key_makes_one_run_whatever_became_of_the_first_answer(platform):
    save(platform, "a", schedule=None)

    first = operations.run_job(platform, ADMIN, "a", idempotency_key="k")
    again = operations.run_job(platform, ADMIN, "a", idempotency_key="k")

    assert again.run_id == first.run_id
    assert platform.store.redis.zcard(platform.store.keys.runs) == 1


def test_like_keys_of_two_people_make_a_run_for_each_with_the_inputs_that_each_sent(clocked):
    save(clocked, "a", schedule=None, inputs={"allow_overlap": True})

    mine = operations.run_job(clocked, ADMIN, "a", {"work_ms": 200}, idempotency_key="1")
    theirs = operations.run_job(clocked, replace(ADMIN, name="budi"), "a", {"work_ms": 300}, idempotency_key="1")

    assert mine.run_id != theirs.run_id
    assert (mine.inputs["work_ms"], theirs.inputs["work_ms"]) == (200, 300)


def test_a_job_that_changed_after_it_was_read_is_not_run_under_its_old_guards(platform, monkeypatch):
    save(platform, "a", schedule=None)
    asked_for = admission.asked_for
    monkeypatch.setattr(
        runs, "asked_for", lambda *words: (save(platform, "a", schedule=None, timeout_ms=500), asked_for(*words))[1]
    )

    with pytest.raises(Conflict, match="was changed at this moment"):
        operations.run_job(platform, ADMIN, "a")


def test_a_key_makes_no_second_run_within_its_day_when_the_first_is_not_kept_any_more(platform):
    save(platform, "a", schedule=None)
    first = operations.run_job(platform, ADMIN, "a", idempotency_key="k")
    operations.cancel_run(platform, ADMIN, first.run_id)
    few = replace(platform.settings, runs_kept=0)
    assert retention.sweep(platform.store, few, platform.store.now())

    with pytest.raises(NotFound, match=first.run_id):
        operations.run_job(platform, ADMIN, "a", idempotency_key="k")

    assert platform.store.redis.zcard(platform.store.keys.runs) == 0
