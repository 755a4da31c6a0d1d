"""What must not be raced is refused inside the script, however sure a scheduler was when it read."""

from datetime import timedelta

import pytest

from tests.protocol.deciding import ask_grant


def pause(stage):
    stage.store.redis.set(stage.store.keys.suspended, "1")


def need_approval(stage):
    ask_grant(stage, "daily")


def cool(stage):
    assert stage.ask()[0] == "ok"
    stage.finish(stage.take()[0], "failed")


def press(stage):
    stage.set(pressure_high=1, pressure_low=0)
    stage.queue(1)


def fill_flow(stage):
    stage.queue(1, flow="f", flow_limit=1)


def overlap(stage):
    assert stage.ask()[0] == "ok"


RACES = {
    "paused": pause,
    "pending_approval": need_approval,
    "cooldown": cool,
    "pressure": press,
    "flow_limit": fill_flow,
    "overlap": overlap,
}


@pytest.mark.parametrize("guard", RACES)
def test_what_happens_after_the_facts_were_read_still_holds_the_slot(stage, guard):
    stage.save(every=10, threshold=1, flow="f", flow_limit=2 if guard == "overlap" else 1)
    stage.clock.advance(seconds=10)
    seen, cursor = stage.look(), stage.job().next_slot_at

    RACES[guard](stage)
    stage.set(pressure_high=300 if guard != "pressure" else 1)

    assert stage.act(seen) == {"daily": guard}
    assert (stage.job().next_slot_at, stage.ledger()) == (cursor, [])
    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() == guard


def test_the_cap_counts_the_dispatches_of_all_schedulers(stage):
    for name in "abcd":
        stage.save(name)
    stage.clock.advance(seconds=10)
    both = stage.look()
    stage.set(max_dispatch_per_tick=3)

    words = stage.act((both[0], both[1][:2])) | stage.act((both[0], both[1][2:]))

    assert words == {"a": "ok", "b": "ok", "c": "ok", "d": "dispatch_cap"}
    assert stage.tick() == {}


def test_what_the_cap_left_goes_first_in_the_next_window(stage):
    stage.set(max_dispatch_per_tick=1)
    stage.save("a", every=10)
    stage.save("b", every=10)
    stage.save("c", every=11)

    went = [stage.tick(seconds=seconds) for seconds in (10, 1, 0.25)]

    assert went == [{"a": "ok"}, {"b": "ok"}, {"c": "ok"}]


def test_what_only_a_fast_scheduler_saw_is_stale_for_a_slow_one_that_holds(stage):
    stage.save()
    stage.ask()
    stage.clock.advance(seconds=10)
    holding = stage.look()
    stage.work_off()
    stage.tick()

    assert stage.act(holding) == {"daily": "stale"}
    assert stage.guard() is None


def test_a_decision_to_hold_is_repeatable(stage):
    stage.save()
    stage.ask()
    stage.clock.advance(seconds=10)
    first, second = stage.look(), stage.look()

    assert [stage.act(first)["daily"], stage.act(second)["daily"]] == ["ok", "stale"]
    assert stage.events("scheduler.") == ["scheduler.dispatch_skipped_overlap"]


@pytest.mark.parametrize("priority", ["normal", "low"])
def test_pressure_goes_on_at_the_high_mark_and_off_at_the_low_one_only(stage, priority):
    stage.set(pressure_high=4, pressure_low=2)
    stage.save("waits", priority=priority, every=60)
    stage.save("goes", priority="critical", every=60)
    stage.queue(3)

    assert stage.tick(seconds=60) == {"goes": "ok", "waits": "pressure"}  # 3 waited, then 4
    assert stage.tick() == {"waits": "ok"}
    assert stage.guard("waits") == "pressure"
    assert stage.events("scheduler.pressure") == ["scheduler.pressure_mode_enabled"]
    stage.take(1)
    assert stage.tick() == {}  # 3 wait: between the marks
    stage.take(1)
    assert stage.tick() == {"waits": "ok"}
    assert stage.guard("waits") is None
    assert stage.events("scheduler.pressure")[1:] == ["scheduler.pressure_mode_released"]


def test_the_script_turns_pressure_on_in_the_middle_of_a_batch(stage):
    for name in "abcd":
        stage.save(name)
    stage.set(pressure_high=2, pressure_low=0)

    assert list(stage.tick(seconds=10).values()) == ["ok", "ok", "pressure", "pressure"]


def test_a_cap_that_is_always_too_low_leaves_no_job_behind_for_ever(stage):
    stage.set(max_dispatch_per_tick=1, tick=timedelta(seconds=1))
    for name in "abc":
        stage.save(name, every=1)

    for _ in range(60):
        stage.tick(seconds=1)
        stage.work_off()

    assert max(stage.clock() - stage.job(name).next_slot_at for name in "abc") <= timedelta(seconds=20)
    assert {row[0] for name in "abc" for row in stage.ledger(name)} == {"d", "s"}
