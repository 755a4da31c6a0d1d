"""One look at a job whose time has come: what runs, what waits, what ends, and when to look again."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine.decision import Outcome
from runners.engine.guards import Hold
from runners.engine.job import Held
from runners.engine.look import BEHIND, look
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


def test_a_run_of_one_slot_is_the_same_run_at_every_look():
    first, second = look(a_job(), at(START), None), look(a_job(), at(START, START + SEC), None)

    assert first.decisions[0].run_id == second.decisions[0].run_id
    assert first.decisions[0].outcome is Outcome.DISPATCHED


def test_times_are_utc():
    decided = look(a_job(schedule={"cron": "0 7 * * *", "timezone": "Asia/Jakarta"}), at(START), None)

    assert decided.next_slot_at == datetime(2030, 1, 2, 0, 0, tzinfo=UTC)


def test_slots_that_the_cap_left_until_later_ones_fell_due_end_by_the_cap():
    decided = look(a_job(every=1), facts(now=START + 30 * SEC, cap=7), None)

    assert rows(decided.decisions) == [("skipped", "dispatch_cap", 30), ("dispatched", "", 1)]
    assert (decided.decisions[0].slot_at, decided.decisions[0].last_slot_at) == (START, START + 29 * SEC)
    assert decided.decisions[0].hold == Hold("dispatch_cap", 7, 7)
    assert (decided.run_slot_at, decided.next_slot_at) == (START + 30 * SEC, START + 31 * SEC)


@pytest.mark.parametrize(
    ("every", "late", "goes"), [(1, BEHIND, 0), (1, BEHIND + SEC, 11), (60, HOUR, 60), (7200, HOUR, 0)]
)
def test_a_slot_waits_for_the_cap_until_its_successor_has_been_due_for_long(every, late, goes):
    decided = look(a_job(every=every), at(START + late), None)

    assert (decided.run_slot_at - START) == goes * every * SEC
