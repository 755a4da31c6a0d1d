"""Notices: each is made once whoever looks, told again only after a while, sent by one at a time, and ended once."""

from datetime import timedelta
from typing import Any

import pytest

from runners.engine.notifications.routing import notice
from runners.engine.protocol import notify
from runners.engine.protocol.presence import beat, join
from runners.engine.store import deliveries, processes
from runners.engine.store.deliveries import DeliveryFilter, DeliveryStatus
from runners.engine.store.events import last_id
from runners.engine.store.processes import ProcessBeat
from tests.clocks import MovingClock
from tests.notifications.making import event, rule

LEASE = timedelta(seconds=90)
MINUTE = timedelta(minutes=1)


def plan(platform: Any, expected: str, upto: str, *numbers: int, **fields: Any) -> bool:
    notices = [notice(rule(**fields), event(number=number, job_id="daily")) for number in numbers]
    return notify.plan(platform.store, expected, upto, notices, platform.store.now())


def listed(platform: Any, **wanted: Any) -> list[deliveries.Delivery]:
    return list(deliveries.list_deliveries(platform.store, DeliveryFilter(**wanted), 100).rows)


def test_of_two_that_look_at_the_same_events_one_makes_the_notices(clocked: Any) -> None:
    assert plan(clocked, "", "5", 5)
    assert not plan(clocked, "", "5", 5)
    assert plan(clocked, "5", "6")

    assert len(listed(clocked)) == 1


def test_the_same_is_told_once_in_a_while_and_then_says_how_often_it_came(clocked: Any, clock: MovingClock) -> None:
    plan(clocked, "", "1", 1, repeat_sec=60)
    plan(clocked, "1", "3", 2, 3, repeat_sec=60)
    assert len(listed(clocked)) == 1
    clock.at += MINUTE

    plan(clocked, "3", "4", 4, repeat_sec=60)

    newest, first = listed(clocked)
    assert (first.repeats, newest.repeats) == (0, 2)


def test_a_clock_that_is_set_back_silences_nobody(clocked: Any, clock: MovingClock) -> None:
    plan(clocked, "", "1", 1, repeat_sec=60)
    clock.advance(days=-1)

    plan(clocked, "1", "2", 2, repeat_sec=60)

    assert len(listed(clocked)) == 2


def test_a_rule_that_has_told_enough_says_so_once_and_counts_the_rest(clocked: Any, clock: MovingClock) -> None:
    plan(clocked, "", "5", *range(1, 6), repeat_sec=0, max_per_hour=2)

    kinds = [one.kind for one in listed(clocked)]
    (limit,) = [one for one in listed(clocked) if one.kind == "limit"]
    assert kinds.count("event") == 2 and limit.repeats == 3
    clock.advance(hours=1)
    plan(clocked, "5", "6", 6, repeat_sec=0, max_per_hour=2)
    assert [one.kind for one in listed(clocked)].count("event") == 3


def test_a_delivery_is_taken_by_one_of_each_rule_and_again_when_its_taker_is_silent(
    clocked: Any, clock: MovingClock
) -> None:
    plan(clocked, "", "2", 1, 2, repeat_sec=0)
    plan(clocked, "2", "3", 3, rule_id="other", repeat_sec=0)

    first = notify.take(clocked.store, LEASE, 4, [])

    assert [one.rule_id for one in first] == ["ops", "other"]
    assert notify.take(clocked.store, LEASE, 4, ["ops", "other"]) == []
    assert [one.event and one.event.id for one in notify.take(clocked.store, LEASE, 4, ["other"])] == ["2"]
    clock.at += LEASE
    again = notify.take(clocked.store, LEASE, 1, [])
    assert [(one.delivery_id, one.attempt) for one in again] == [(first[0].delivery_id, 2)]


def test_a_broken_record_keeps_no_other_delivery_from_being_sent(clocked: Any) -> None:
    for number, rule_id in enumerate(("r_torn", "r_odd", "r_well")):
        plan(clocked, str(number or ""), str(number + 1), number + 1, rule_id=rule_id)
    of_rule = {one.rule_id: clocked.store.keys.delivery(one.delivery_id) for one in listed(clocked)}
    clocked.store.redis.delete(of_rule["r_torn"])
    clocked.store.redis.rpush(of_rule["r_torn"], "no record")
    for field in ("attempt", "repeats", "created_at", "event"):
        clocked.store.redis.hset(of_rule["r_odd"], field, "odd")

    taken = notify.take(clocked.store, LEASE, 10, [])

    assert {(one.rule_id, one.attempt) for one in taken} == {("r_odd", 1), ("r_well", 1)}


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_rule_whose_channel_is_slow_keeps_no_other_from_being_told(clocked: Any, clock: MovingClock) -> None:
    for first in (0, 800, 1600):
        plan(clocked, str(first or ""), str(first + 800), *range(first, first + 800), repeat_sec=0, max_per_hour=1000)
        clock.advance(hours=1)
    plan(clocked, "2400", "2401", 2401, rule_id="other", repeat_sec=0)

    found = [one.rule_id for turn in range(2) for one in notify.take(clocked.store, LEASE, 4, ["ops"], turn)]

    assert found == ["other"]


def test_only_the_newest_attempt_ends_a_delivery_and_only_once(clocked: Any, clock: MovingClock) -> None:
    plan(clocked, "", "1", 1)
    (silent,) = notify.take(clocked.store, LEASE, 1, [])
    clock.at += LEASE
    (newest,) = notify.take(clocked.store, LEASE, 1, [])

    def end(taken: notify.Taken) -> bool:
        return notify.end(
            clocked.store, taken, "sent", wait=timedelta(), took=timedelta(seconds=1), error="", channel="email"
        )

    assert [end(silent), end(newest), end(newest)] == [False, True, False]
    (delivery,) = listed(clocked, status=DeliveryStatus.SENT, rule_id="ops")
    assert delivery.attempt == 2 and delivery.took == timedelta(seconds=1) and delivery.due_at is None
    assert listed(clocked, status=DeliveryStatus.WAITING) == []
    assert clocked.store.redis.zcard(clocked.store.keys.deliveries_due) == 0


def test_an_attempt_that_failed_waits_and_shows_why(clocked: Any, clock: MovingClock) -> None:
    plan(clocked, "", "1", 1)
    (taken,) = notify.take(clocked.store, LEASE, 1, [])

    notify.end(clocked.store, taken, "again", wait=MINUTE, took=timedelta(), error="refused", channel="email")

    (delivery,) = listed(clocked, status=DeliveryStatus.WAITING)
    assert delivery.error == "refused" and delivery.due_at == clock() + MINUTE
    assert notify.take(clocked.store, LEASE, 1, []) == []
    clock.at += MINUTE
    assert [one.attempt for one in notify.take(clocked.store, LEASE, 1, [])] == [2]


def test_a_silent_process_is_told_of_once_for_each_silence(clocked: Any, clock: MovingClock) -> None:
    store = clocked.store
    said = ProcessBeat("worker-1", "worker", "here", 7, "1", store.now(), "")
    join(store, said)
    clock.at += MINUTE
    (silent,) = processes.list_processes(store)
    before = last_id(store)

    assert [notify.mourn(store, silent), notify.mourn(store, silent)] == [True, False]
    beat(store, said)
    assert not notify.mourn(store, silent), "it beats again"
    clock.at += MINUTE
    assert notify.mourn(store, processes.list_processes(store)[0])
    assert last_id(store) != before


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_the_log_of_deliveries_keeps_the_newest(clocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from runners.engine.protocol import scripts

    whole = scripts.text("notify_plan").replace("DELIVERIES_KEPT = 10000", "DELIVERIES_KEPT = 3")
    monkeypatch.setattr(scripts, "text", lambda name: whole)
    monkeypatch.setattr(scripts, "_sha", lambda name: "0" * 40)
    for number in range(1, 8):
        plan(clocked, str(number - 1) if number > 1 else "", str(number), number, repeat_sec=0)
    assert len(listed(clocked)) == 7, "what waits is never dropped"
    monkeypatch.undo()
    for taken in (one for _ in range(7) for one in notify.take(clocked.store, LEASE, 1, [])):
        notify.end(clocked.store, taken, "sent", wait=timedelta(), took=timedelta(), error="", channel="email")
    monkeypatch.setattr(scripts, "text", lambda name: whole)
    monkeypatch.setattr(scripts, "_sha", lambda name: "0" * 40)

    plan(clocked, "7", "8", 8, repeat_sec=0)

    assert len(listed(clocked)) == 3
    assert len(list(clocked.store.redis.scan_iter(match="*delivery:ntf*"))) == 3
