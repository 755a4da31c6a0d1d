"""What holds how many jobs is counted by ranges of one index, and the jobs are named without reading any other."""

from datetime import timedelta
from typing import Any

from runners.engine import operations
from runners.engine.guards import GUARDS
from runners.engine.protocol.dispatch import tick
from runners.engine.store import attention, facts, held
from tests.protocol.stage import Stage
from tests.round_trips import counted
from tests.store.making import ADMIN, claim, save, start, succeed


def holding(platform: Any, clock: Any, *job_ids: str, **inputs: Any) -> Stage:
    """Let each job's slot fall due while an earlier run of it is active."""
    stage = Stage(platform, clock)
    for job_id in job_ids:
        save(platform, job_id, schedule={"interval_sec": 10}, inputs={"allow_overlap": False} | inputs)
        start(platform, job_id)
        claim(platform)
    clock.advance(seconds=10)
    stage.act(stage.look())
    return stage


def test_a_score_tells_its_guard_and_its_slot() -> None:
    slot = 1_893_456_000_123

    for guard in (guard.__name__ for guard in GUARDS):
        at = held.score(guard, slot)
        assert (held.guard_of(float(at)), held.slot_of(float(at))) == (guard, slot)
    assert (held.guard_of(slot), held.slot_of(slot)) == ("", slot)


def test_each_guard_is_counted_and_its_first_jobs_are_named(clocked, clock):
    stage = holding(clocked, clock, "a", "b", "c")
    operations.pause_queue(clocked, ADMIN, "low")
    save(clocked, "d", schedule={"interval_sec": 10}, inputs={"pressure_priority": "low"})
    for group in ("f", "g"):
        save(clocked, f"{group}-1", inputs={"flow_group": group, "flow_max_active_runs": 1})
        start(clocked, f"{group}-1")
        save(clocked, f"{group}-2", schedule={"interval_sec": 10}, inputs={"flow_group": group})
    clock.advance(seconds=10)
    stage.act(stage.look())

    found = {one.guard: one for one in held.by_guard(clocked.store, 2)}

    assert {guard: one.count for guard, one in found.items()} == {"paused": 1, "flow_limit": 2, "overlap": 3}
    assert found["overlap"].first == ("a", "b")
    assert found["flow_limit"].blockers == (("flow:f", 1), ("flow:g", 1))
    assert found["paused"].blockers == (("queue:low", 1),)
    named = {one.guard: [job.job_id for job in jobs] for one, jobs in operations.held_by(clocked, ADMIN)}
    assert named == {"paused": ["d"], "flow_limit": ["f-2", "g-2"], "overlap": ["a", "b", "c"]}


def test_a_slot_that_goes_out_is_counted_no_more(clocked, clock):
    stage = Stage(clocked, clock)
    save(clocked, schedule={"interval_sec": 10}, inputs={"allow_overlap": False})
    start(clocked)
    (running,) = claim(clocked)
    clock.advance(seconds=10)
    stage.act(stage.look())
    assert [one.count for one in held.by_guard(clocked.store, 5)] == [1]

    succeed(clocked, running)
    stage.act(stage.look())

    assert held.by_guard(clocked.store, 5) == []


def test_rows_of_an_older_version_are_counted_too(platform):
    platform.store.redis.zadd(platform.store.keys.held, {"old": 1_893_456_000_000})

    assert [(one.guard, one.count) for one in held.by_guard(platform.store, 5)] == [("", 1)]
    assert attention.leading(platform.store, 5, platform.store.now()).held == ["old"]


def test_the_oldest_slots_come_first_whatever_holds_them(platform):
    rows = {
        "late": held.score("paused", 3000),
        "first": held.score("overlap", 1000),
        "next": held.score("cooldown", 2000),
    }
    platform.store.redis.zadd(platform.store.keys.held, rows)

    assert attention.leading(platform.store, 2, platform.store.now()).held == ["first", "next"]
    assert attention.leading(platform.store, 3, platform.store.now()).held == ["first", "next", "late"]


def test_it_costs_the_same_with_many_held_jobs(clocked, clock):
    holding(clocked, clock, "a")
    with counted(clocked) as few:
        operations.held_by(clocked, ADMIN)
    for number in range(300):
        clocked.store.redis.zadd(clocked.store.keys.held, {f"held-{number}": held.score("cooldown", number)})
    with counted(clocked) as many:
        found = operations.held_by(clocked, ADMIN)

    assert few.number == many.number
    assert {one.guard: one.count for one, _ in found} == {"cooldown": 300, "overlap": 1}


def test_a_tick_samples_how_long_the_oldest_run_has_waited(clocked, clock):
    save(clocked)
    start(clocked)
    clock.advance(seconds=70)

    tick(clocked.store, clocked.settings, 10)

    (now,) = facts.depth_samples(clocked.store, 10)
    assert (now.depth, now.oldest_wait) == (1, timedelta(seconds=70))


def test_the_day_keeps_the_highest_of_each_five_minutes(clocked, clock):
    save(clocked)
    for _ in range(3):
        start(clocked)
    clock.advance(seconds=10)
    tick(clocked.store, clocked.settings, 10)
    claim(clocked, 3)
    clock.advance(seconds=20)
    tick(clocked.store, clocked.settings, 10)
    clock.advance(minutes=5)
    tick(clocked.store, clocked.settings, 10)

    found = operations.depth_history(clocked, ADMIN, day=True)

    assert [(one.depth, one.oldest_wait) for one in found] == [(3, timedelta(seconds=10)), (0, timedelta())]
    assert (found[1].at - found[0].at) == timedelta(minutes=5)
    assert len(operations.depth_history(clocked, ADMIN, day=False)) == 3


def test_the_day_is_bounded_and_survives_what_it_cannot_read(clocked, clock):
    key = clocked.store.keys.depths_of_day
    clocked.store.redis.rpush(key, *["zz"] * 400)

    tick(clocked.store, clocked.settings, 10)

    assert clocked.store.redis.llen(key) == 289
    assert [one.depth for one in operations.depth_history(clocked, ADMIN, day=True)] == [0]
