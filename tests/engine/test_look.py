"""One look at a job whose time has come: what runs, what waits, what ends, and when to look again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from runners.engine.decision import Outcome
from runners.engine.guards import Hold
from runners.engine.job import Held
from runners.engine.look import LATE, REPLAYED, SLOTS_PER_LOOK, Gap, choose, look
from runners.engine.run import scheduled_run_id
from runners.engine.schedule import jitter_offset
from tests.engine.test_guards import HOLDING, facts
from tests.protocol.jobs import START, a_job

SEC, MIN, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MS = timedelta(milliseconds=1)
BY = Hold("overlap", 1, 1, ("run_x",), 1)


def at(slot_at, now=None):
    """Return the facts of a free job at `slot_at`, or at `now`."""
    return facts(now=now or slot_at)


def held(slot_at):
    return Held(slot_at, slot_at, BY)


def rows(decided):
    return [(row.outcome.value, row.reason, row.count) for row in decided]


def test_a_slot_that_is_due_goes_out():
    decided = look(a_job(every=10), at(START), None)

    assert decided.run_slot_at == START
    assert (decided.next_slot_at, decided.look_at) == (START + 10 * SEC, START + 10 * SEC)
    assert decided.decisions[-1].run_id == scheduled_run_id("daily", 1, START)


def test_a_job_whose_slot_is_not_due_is_looked_at_again_then():
    decided = look(a_job(next_slot_at=START + SEC), at(START), None)

    assert (decided.run_slot_at, decided.hold, decided.look_at) == (None, None, START + SEC)


@pytest.mark.parametrize("schedule", [None, {"at": "2030-01-01T00:00:00Z"}])
def test_a_job_without_a_slot_is_not_looked_at_again(schedule):
    decided = look(a_job(schedule=schedule, next_slot_at=None), at(START), None)

    assert (decided.look_at, decided.decisions) == (None, ())


def test_a_point_in_time_runs_once():
    decided = look(a_job(schedule={"at": "2030-01-01T00:00:00Z"}), at(START), None)

    assert (decided.run_slot_at, decided.next_slot_at, decided.look_at) == (START, None, None)


@pytest.mark.parametrize(("name", "jitter"), [("daily", 9), ("other", 5)])
def test_jitter_moves_the_look_and_not_the_slot(name, jitter):
    job = a_job(name, every=10, jitter=jitter)
    offset = jitter_offset(name, timedelta(seconds=jitter))
    assert offset

    early, due = look(job, at(START, START + offset - MS), None), look(job, at(START, START + offset), None)

    assert (early.run_slot_at, early.look_at) == (None, START + offset)
    assert (due.run_slot_at, due.look_at) == (START, START + 10 * SEC + offset)


@pytest.mark.parametrize("guard", sorted(set(HOLDING) - {"dispatch_cap"}))
def test_a_held_slot_waits_and_says_why(guard):
    decided = look(a_job(every=10, flow="f"), facts(**HOLDING[guard]), None)

    assert (decided.run_slot_at, decided.held_slot_at, decided.hold.guard) == (None, START, guard)
    assert decided.decisions == ()


def test_the_cap_leaves_the_slot_as_it_is():
    assert look(a_job(), facts(**HOLDING["dispatch_cap"]), None) is None


@pytest.mark.parametrize(
    ("changes", "facts_changed", "again"),
    [
        ({"every": 10}, HOLDING["overlap"], 10 * SEC),
        ({"every": 10}, HOLDING["cooldown"], SEC),
        ({"schedule": {"cron": "0 0 * * *"}}, HOLDING["overlap"], MIN + MS),
        ({"schedule": {"cron": "* * * * *", "misfire_grace_sec": 600}}, HOLDING["overlap"], MIN),
        ({"schedule": {"at": "2030-01-01T00:00:00Z"}}, HOLDING["overlap"], MIN),
        ({"schedule": {"at": "2030-01-01T00:00:00Z", "misfire_grace_sec": 5}}, HOLDING["overlap"], 5 * SEC + MS),
    ],
)
def test_a_held_slot_is_looked_at_again_when_something_known_can_change(changes, facts_changed, again):
    assert look(a_job(**changes), facts(**facts_changed), None).look_at == START + again


def test_the_next_slot_ends_the_held_one():
    job = a_job(every=10, next_slot_at=START + 10 * SEC, held=held(START))

    decided = look(job, at(START + 10 * SEC), None)

    assert decided.run_slot_at == START + 10 * SEC
    assert rows(decided.decisions) == [("skipped", "overlap", 1), ("dispatched", "", 1)]
    assert decided.decisions[0].hold == BY


def test_a_held_slot_goes_out_as_soon_as_nothing_holds():
    job = a_job(every=10, next_slot_at=START + 10 * SEC, held=held(START))

    decided = look(job, at(START + 3 * SEC), None)

    assert (decided.run_slot_at, decided.next_slot_at) == (START, START + 10 * SEC)


@pytest.mark.parametrize(("late", "goes"), [(0, True), (60, True), (60.001, False)])
def test_a_held_cron_slot_goes_out_until_its_grace_ends(late, goes):
    job = a_job(schedule={"cron": "0 * * * *"}, next_slot_at=START + HOUR, held=held(START))

    decided = look(job, at(START + timedelta(seconds=late)), None)

    assert (decided.run_slot_at == START) is goes
    assert rows(decided.decisions) == [("dispatched", "", 1) if goes else ("skipped", "overlap", 1)]
    assert decided.look_at == START + HOUR


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
    [("run_once", [("missed", "too_late", 4), ("missed", "coalesced", 1)]), ("run_all", [("missed", "too_late", 4)])],
)
def test_slots_older_than_their_grace_are_missed_as_too_late(misfire, ended):
    decided = in_gap(misfire, misfire_grace_sec=20 * 60)

    assert rows(decided.decisions)[:-1] == ended
    assert decided.run_slot_at == START + (50 if misfire == "run_once" else 40) * MIN


@pytest.mark.parametrize("misfire", ["run_once", "run_all", "skip"])
def test_when_all_are_too_late_nothing_runs(misfire):
    decided = in_gap(misfire, misfire_grace_sec=1)

    assert (rows(decided.decisions), decided.run_slot_at) == ([("missed", "too_late", 6)], None)
    assert decided.next_slot_at == START + HOUR


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
    assert (len(went), rows(decided)[0]) == (REPLAYED, ("missed", "over_100", 200))


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
    choice = choose(job, START + HOUR, GAP)

    slots = [row.slot_at for row in choice.ended] + [choice.slot_at]
    assert len(slots) == len(set(slots))


def test_a_run_of_one_slot_is_the_same_run_at_every_look():
    first, second = look(a_job(), at(START), None), look(a_job(), at(START, START + SEC), None)

    assert first.decisions[0].run_id == second.decisions[0].run_id
    assert first.decisions[0].outcome is Outcome.DISPATCHED


def test_times_are_utc():
    decided = look(a_job(schedule={"cron": "0 7 * * *", "timezone": "Asia/Jakarta"}), at(START), None)

    assert decided.next_slot_at == datetime(2030, 1, 2, 0, 0, tzinfo=UTC)
