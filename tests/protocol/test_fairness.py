"""Nobody starves: who has waited longest goes first, and regular jobs keep a part of the cap."""

from collections import Counter
from dataclasses import replace

import pytest

from runners.scheduler import GuardedScheduler, in_turn


def test_two_jobs_that_share_one_place_take_turns(stage):
    stage.save("aaa", every=10, flow="f", flow_limit=1)
    stage.save("zzz", every=10, flow="f", flow_limit=1)
    scheduler = GuardedScheduler(stage.platform)
    went, running = Counter(), []

    for second in range(200):
        stage.clock.advance(seconds=1)
        scheduler.enqueue_jobs()  # both are held now, and only then the place is freed
        if running and second >= running[1]:
            stage.finish(running[0])
            running = []
            scheduler.enqueue_jobs()
        for claimed in stage.take(1):
            went[claimed.fields["job_id"]] += 1
            running = [claimed, second + 10]

    assert min(went["aaa"], went["zzz"]) >= 8, went


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_critical_jobs_go_first_but_leave_an_eighth_of_the_cap(stage):
    for number in range(10):
        stage.save(f"critical-{number}", priority="critical")
    stage.save("regular")
    found = {job.job_id: job for job in (stage.job(f"critical-{n}") for n in range(10))} | {
        "regular": stage.job("regular")
    }
    world, _ = stage.look()
    world = replace(world, critical=tuple(name for name in found if name != "regular"), regular=("regular",))

    order = [job.job_id for job in in_turn(found, world, cap=8)]

    assert order.index("regular") == 7


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_without_regular_jobs_critical_ones_take_the_whole_cap(stage):
    stage.save("critical", priority="critical")
    world, _ = stage.look()
    world = replace(world, critical=("critical",), regular=())

    assert [job.job_id for job in in_turn({"critical": stage.job("critical")}, world, cap=1)] == ["critical"]


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_slots_that_a_flow_limit_holds_cost_unrelated_jobs_nothing(stage):
    stage.checking = False
    scheduler = GuardedScheduler(stage.platform)

    alone = calls_of_a_tick(stage, scheduler, "free-1")
    stage.delete("free-1", even_if_active=True)
    for number in range(150):
        stage.save(f"held-{number}", every=1_000_000, flow="busy", flow_limit=1)
    stage.clock.advance(seconds=1_000_000)
    while stage.store.redis.zcard(stage.store.keys.held) < 149:
        scheduler.enqueue_jobs()
        stage.clock.advance(seconds=1)
    beside = calls_of_a_tick(stage, scheduler, "free-2")

    assert beside <= alone


def calls_of_a_tick(stage, scheduler, free):
    """Return how many commands the server runs while the first slot of a new job goes out, scripts' own included."""
    stage.save(free, every=10)
    stage.clock.advance(seconds=9)
    scheduler.enqueue_jobs()
    stage.clock.advance(seconds=1)
    before = commands(stage)

    looks = scheduler.enqueue_jobs()

    assert [look.job.job_id for look in looks if look.run_slot_at] == [free]
    return commands(stage) - before


def commands(stage):
    found = stage.store.redis.info("commandstats")
    return sum(row["calls"] for name, row in found.items() if name not in ("cmdstat_info", "cmdstat_hincrby"))
