"""A held slot costs no tick: it waits until the event that frees it, or until a time that is known."""

from datetime import timedelta

import pytest

from tests.protocol.deciding import ask_grant


def test_a_run_that_ends_lets_the_slot_it_held_go_at_once(stage):
    stage.save(every=3600)
    stage.ask()
    stage.tick(hours=1)
    (running,) = stage.take()

    assert stage.tick() == {}
    stage.finish(running)
    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_a_run_that_ends_between_facts_and_decision_does_not_leave_the_slot_waiting(stage):
    stage.save(every=3600)
    stage.ask()
    stage.clock.advance(hours=1)
    seen = stage.look()
    stage.work_off()

    stage.act(seen)

    assert stage.guard() == "overlap"
    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_a_place_that_frees_up_between_facts_and_decision_does_not_leave_the_slot_waiting(stage):
    stage.save(every=3600, flow="f", flow_limit=1)
    stage.queue(1, flow="f")
    stage.clock.advance(hours=1)
    seen = stage.look()
    stage.work_off()

    stage.act(seen)

    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_a_cooldown_that_is_reset_between_facts_and_decision_does_not_leave_the_slot_waiting(stage):
    stage.save(every=3600, threshold=1, cooldown=86_400, cooldown_max=86_400)
    assert stage.ask(ignore=True)[0] == "ok"
    stage.finish(stage.take()[0], "failed")
    stage.clock.advance(hours=1)
    seen = stage.look()
    stage.forgive()

    stage.act(seen)

    assert stage.guard() == "cooldown"
    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_a_freed_place_wakes_only_as_many_as_it_has_room_for_critical_and_oldest_first(stage):
    stage.queue(2, flow="f", flow_limit=2)
    stage.save("third", flow="f", every=59)
    stage.save("second", flow="f", every=58)
    stage.save("first", flow="f", every=60, priority="critical")
    for _ in range(60):
        stage.tick(seconds=1)
    assert {stage.guard(name) for name in ("first", "second", "third")} == {"flow_limit"}
    one, two = stage.take(2)

    stage.finish(one)
    assert stage.tick() == {"first": "ok"}
    stage.finish(two)
    assert stage.tick() == {"second": "ok"}
    assert stage.guard("third") == "flow_limit"


def test_a_place_that_a_woken_job_cannot_take_goes_to_the_next(stage):
    stage.queue(1, flow="f", flow_limit=1)
    stage.save("first", flow="f", every=60)
    stage.save("second", flow="f", every=61)
    stage.tick(seconds=60)
    stage.tick(seconds=1)
    ask_grant(stage, "first")

    stage.work_off()
    stage.tick()

    assert stage.tick() == {"second": "ok"}
    assert stage.guard("first") == "pending_approval"


def test_a_flow_group_without_a_limit_any_more_lets_all_go(stage):
    stage.queue(1, flow="f", flow_limit=1)
    for name in "abc":
        stage.save(name, flow="f", every=60)
    stage.tick(seconds=60)

    stage.save("filler-0", schedule=None, flow="f")

    assert set(stage.tick().values()) == {"ok"}
    assert [stage.guard(name) for name in "abc"] == [None] * 3


@pytest.mark.parametrize("guard", ["pressure", "paused"])
def test_a_tick_puts_back_what_waits_when_its_blocker_is_gone(stage, guard):
    stage.save(every=3600)
    if guard == "paused":
        stage.store.redis.set(stage.store.keys.suspended, "1")
    else:
        stage.set(pressure_high=1, pressure_low=0)
        (name,) = stage.queue(1)
    stage.tick(hours=1)
    assert stage.guard() == guard
    assert stage.tick(seconds=1) == {}

    if guard == "paused":
        stage.store.redis.delete(stage.store.keys.suspended)
    else:
        stage.cancel(name)

    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_pressure_puts_back_no_more_than_fit_below_the_high_mark(stage):
    stage.set(pressure_high=3, pressure_low=1)
    waiting = stage.queue(3)
    for name in "abcdef":
        stage.save(name, every=3600)
    stage.tick(hours=1)
    for name in waiting[:2]:
        stage.cancel(name)

    assert set(stage.tick().values()) == {"ok"}
    assert [stage.guard(name) for name in "abcdef"] == [None] * 2 + ["pressure"] * 4


def test_a_cooldown_holds_until_it_ends_by_the_clock(stage):
    stage.save(every=3600, threshold=1, cooldown=60)
    stage.clock.advance(minutes=59, seconds=30)
    stage.ask()
    stage.finish(stage.take()[0], "failed")
    stage.tick(seconds=30)
    assert stage.guard() == "cooldown"

    assert stage.tick(seconds=29.999) == {}
    assert stage.tick(seconds=0.001) == {"daily": "ok"}


@pytest.mark.parametrize("how", ["success", "reset"])
def test_a_cooldown_that_is_lifted_lets_the_slot_go_at_once(stage, how):
    stage.save(every=3600, threshold=1, cooldown=600)
    stage.clock.advance(minutes=59)
    stage.ask()
    stage.finish(stage.take()[0], "failed")
    stage.tick(minutes=1)
    assert stage.guard() == "cooldown"

    if how == "reset":
        stage.forgive()
    else:
        stage.ask(key="2", ignore=True)
        stage.finish(stage.take()[0])

    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_the_next_slot_ends_the_older_held_one_as_skipped(stage):
    stage.save(every=10)
    stage.ask()
    stage.tick(seconds=10)
    since = stage.job().held.since

    stage.tick(seconds=10)

    assert stage.ledger()[-1].startswith("s|")
    assert stage.job().held.slot_at == stage.clock()
    assert stage.job().held.since == since


def test_a_held_cron_slot_ends_with_its_grace(stage):
    stage.save(schedule={"cron": "0 * * * *"})
    stage.ask()
    stage.tick(hours=1)

    assert stage.tick(seconds=60) == {}
    assert stage.guard() == "overlap"
    assert stage.tick(milliseconds=1) == {"daily": "ok"}
    assert stage.guard() is None
    assert "|overlap|" in stage.ledger()[-1]


def test_a_replayed_slot_that_is_held_past_its_grace_ends_and_costs_no_more_ticks(stage):
    stage.save(schedule={"interval_sec": 60, "misfire": "run_all", "misfire_grace_sec": 600})
    stage.tick()
    stage.clock.advance(minutes=9)
    stage.ask()
    stage.tick()
    assert stage.guard() == "overlap"

    looks = [stage.tick(seconds=1) for _ in range(200)]

    assert sum(map(len, looks)) < 20


def test_repeats_of_the_same_skip_are_one_row(stage):
    stage.save(every=10)
    stage.ask()

    for _ in range(6):
        stage.tick(seconds=10)

    assert len(stage.ledger()) == 1
    assert stage.ledger()[0].split("|")[3] == "5"
    assert stage.events("scheduler.dispatch_skipped") == ["scheduler.dispatch_skipped_overlap"]


def test_slots_of_a_gap_become_one_run_and_one_row(stage):
    stage.save(every=10)
    stage.tick(seconds=10)
    stage.work_off()

    stage.tick(hours=1)

    missed, went = stage.ledger()[-2:]
    assert (missed.split("|")[0], missed.split("|")[3], missed.split("|")[5]) == ("m", "358", "coalesced")
    assert went.startswith("d|")
    assert stage.events("scheduler.slots_missed") == ["scheduler.slots_missed"]
    assert stage.store.redis.hget(stage.store.keys.metrics, "decisions|m|coalesced") == "358"


def test_before_the_first_scheduler_ever_looked_nobody_looked(stage):
    stage.save(every=1)

    stage.tick(hours=1)  # 2000 slots are accounted for in one look
    stage.tick()

    assert stage.ledger()[0].split("|")[5] == "coalesced"
    assert stage.clock() - stage.job().next_slot_at <= timedelta(seconds=5)
