"""Slots that fell due while no scheduler looked: what each misfire policy makes of them."""

from dataclasses import replace
from itertools import pairwise

import pytest

from runners.engine.explain import past
from runners.engine.look import LATE, REPLAYED, SLOTS_PER_LOOK, STORE_FULL, Gap, choose, look
from tests.engine.test_guards import HOLDING, facts
from tests.engine.test_look import HOUR, MIN, MS, SEC, at, held, rows
from tests.protocol.jobs import START, a_job

GAP = Gap(START - SEC, START + HOUR)


def in_gap(misfire, after=HOUR, **schedule):
    job = a_job(schedule={"interval_sec": 600, "misfire": misfire, **schedule})
    return look(job, at(START + after), GAP)


def test_many_missed_slots_become_one_run():
    decided = in_gap("run_once")

    assert rows(decided.decisions) == [("missed", "coalesced", 5), ("dispatched", "", 1)]
    assert (decided.run_slot_at, decided.next_slot_at) == (START + 50 * MIN, START + HOUR)


def test_missed_slots_may_be_passed_over():
    decided = in_gap("skip")

    assert (rows(decided.decisions), decided.run_slot_at) == ([("missed", "policy_skip", 6)], None)
    assert decided.look_at == START + HOUR


def test_missed_slots_may_be_replayed_oldest_first():
    decided = in_gap("run_all")

    assert (decided.run_slot_at, decided.next_slot_at) == (START, START + 10 * MIN)
    assert rows(decided.decisions) == [("dispatched", "", 1)]


@pytest.mark.parametrize(
    ("misfire", "ended"),
    [
        ("run_once", [("missed", "too_late", 4), ("missed", "coalesced", 1)]),
        ("run_all", [("missed", "not_replayed", 4)]),
    ],
)
def test_slots_older_than_their_grace_are_missed_as_too_late(misfire, ended):
    decided = in_gap(misfire, misfire_grace_sec=20 * 60)

    assert rows(decided.decisions)[:-1] == ended
    assert decided.run_slot_at == START + (50 if misfire == "run_once" else 40) * MIN


@pytest.mark.parametrize("misfire", ["run_once", "run_all", "skip"])
def test_what_was_missed_because_the_store_was_full_says_so(misfire):
    job = a_job(schedule={"interval_sec": 600, "misfire": misfire, "misfire_grace_sec": 20 * 60})

    decided = look(job, at(START + HOUR), replace(GAP, full_from=START + 15 * MIN))
    before, *full = [row for row in decided.decisions if row.outcome == "missed"]

    assert (before.last_slot_at, before.reason == STORE_FULL) == (START + 10 * MIN, False)
    assert {row.reason for row in full} == {STORE_FULL}
    assert past(full[0]) == "missed while the store was full, and took no new run"


@pytest.mark.parametrize("misfire", ["run_once", "run_all", "skip"])
def test_when_all_are_too_late_nothing_runs(misfire):
    decided = in_gap(misfire, misfire_grace_sec=1)

    reason = "not_replayed" if misfire == "run_all" else "too_late"
    assert (rows(decided.decisions), decided.run_slot_at) == ([("missed", reason, 6)], None)
    assert decided.next_slot_at == START + HOUR


def test_what_is_not_replayed_is_one_row_whether_it_is_too_late_or_one_too_many():
    gap = Gap(START - SEC, START + 300 * MIN)
    job = a_job(schedule={"interval_sec": 60, "misfire": "run_all", "misfire_grace_sec": 250 * 60})

    went, decided = replay(job, START + 300 * MIN - SEC, gap)

    assert (len(went), rows(decided)[0]) == (REPLAYED, ("missed", "not_replayed", 200))
    assert {row.outcome for row in decided[1:]} == {"dispatched"}


def replay(job, now, gap):
    """Look until no slot of the gap is left; nothing holds. Returns the slots that went out, and the rows."""
    went, decided = [], []
    for _ in range(300):
        seen = look(job, at(now), gap)
        decided += seen.decisions
        if seen.run_slot_at:
            went.append(seen.run_slot_at)
        job = a_job(schedule=job.spec.schedule.to_json(), next_slot_at=seen.next_slot_at)
        if seen.look_at > now:
            break
    return went, decided


def test_no_more_than_a_hundred_are_replayed_the_newest():
    gap = Gap(START - SEC, START + 300 * MIN)
    job = a_job(schedule={"interval_sec": 60, "misfire": "run_all"})

    went, decided = replay(job, START + 300 * MIN - SEC, gap)

    assert went == [START + number * MIN for number in range(200, 300)]
    assert (len(went), rows(decided)[0]) == (REPLAYED, ("missed", "not_replayed", 200))


@pytest.mark.parametrize("misfire", ["run_once", "run_all", "skip"])
@pytest.mark.parametrize("slots", [SLOTS_PER_LOOK, SLOTS_PER_LOOK + 1, 3 * SLOTS_PER_LOOK + 7])
def test_every_slot_of_a_long_gap_is_accounted_for_once(misfire, slots):
    end = START + (slots - 1) * SEC + LATE
    job = a_job(schedule={"interval_sec": 1, "misfire": misfire})

    went, decided = replay(job, end, Gap(START - SEC, end))

    spans = [(row.slot_at, row.last_slot_at, row.count) for row in decided if row.last_slot_at <= end - LATE]
    assert sum(count for *_, count in spans) == slots
    assert all(second[0] - first[1] == SEC for first, second in pairwise(spans))
    replayed = [slot for slot in went if slot <= end - LATE]
    assert len(replayed) == {"run_once": 1, "run_all": REPLAYED, "skip": 0}[misfire]


def test_a_slot_that_fell_due_shortly_before_the_schedulers_came_back_is_in_time():
    gap = Gap(START - HOUR, START + LATE - MS)

    decided = look(a_job(schedule={"interval_sec": 600, "misfire": "skip"}), at(gap.end_at), gap)

    assert decided.run_slot_at == START


def test_a_slot_that_was_due_before_the_gap_was_looked_at_and_not_missed():
    job = a_job(schedule={"interval_sec": 600, "misfire": "skip"})

    assert look(job, at(START + HOUR), Gap(START, START + HOUR)).run_slot_at == START


def test_the_slot_that_was_held_when_the_schedulers_went_ends_by_its_guard():
    job = a_job(every=600, next_slot_at=START, held=held(START - 10 * MIN))

    decided = look(job, at(START + HOUR), GAP)

    assert rows(decided.decisions)[0] == ("skipped", "overlap", 1)
    assert decided.run_slot_at == START + 50 * MIN


def test_a_replayed_slot_that_is_held_waits_for_its_turn():
    job = a_job(schedule={"interval_sec": 600, "misfire": "run_all"}, next_slot_at=START + 10 * MIN, held=held(START))
    now = START + HOUR

    waiting = look(job, facts(now=now, **HOLDING["overlap"]), GAP)
    going = look(job, at(now), GAP)

    assert (waiting.held_slot_at, waiting.decisions) == (START, ())
    assert waiting.look_at > now
    assert (going.run_slot_at, going.next_slot_at, going.look_at) == (START, START + 10 * MIN, START + 10 * MIN)


def test_a_replayed_slot_that_is_held_past_its_grace_ends_by_its_guard():
    schedule = {"interval_sec": 600, "misfire": "run_all", "misfire_grace_sec": 3000}
    job = a_job(schedule=schedule, next_slot_at=START + 10 * MIN, held=held(START))

    decided = look(job, facts(now=START + HOUR, **HOLDING["overlap"]), GAP)

    assert rows(decided.decisions) == [("skipped", "overlap", 1)]
    assert decided.held_slot_at == START + 10 * MIN
    assert decided.look_at > START + HOUR


def test_cron_slots_of_a_gap_follow_their_grace():
    job = a_job(schedule={"cron": "*/10 * * * *"})

    decided = look(job, at(START + HOUR), GAP)

    assert rows(decided.decisions) == [("missed", "too_late", 6)]


@pytest.mark.parametrize("misfire", ["run_once", "run_all", "skip"])
def test_a_missed_point_in_time_follows_its_policy(misfire):
    job = a_job(schedule={"at": "2030-01-01T00:00:00Z", "misfire": misfire})

    decided = look(job, at(START + HOUR), GAP)

    assert decided.run_slot_at == (None if misfire == "skip" else START)
    assert decided.look_at is None


def test_choosing_ends_no_slot_twice():
    job = a_job(every=600, held=held(START - 10 * MIN))
    choice = choose(job, at(START + HOUR), GAP)

    slots = [row.slot_at for row in choice.ended] + [choice.slot_at]
    assert len(slots) == len(set(slots))
