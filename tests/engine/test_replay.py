"""A stored decision says what the guards saw: asked again, they say the same; and a changed guard changes what it says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runners.engine import guards
from runners.engine.decision import Outcome, decode, dispatched, encode, missed, replay, skipped
from runners.engine.guards import GUARDS, Hold, first_hold
from runners.engine.job import Held
from runners.engine.look import look
from runners.engine.pause import Pause
from runners.engine.seen import passed_over, seen
from tests.engine.test_guards import HOLDING, facts
from tests.protocol.jobs import START, a_job

NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 10**6))
RUNS = st.integers(0, 4).map(lambda count: tuple(f"run_{number:023}" for number in range(count)))
JOBS = st.builds(
    a_job,
    overlap=st.booleans(),
    priority=st.sampled_from(["critical", "normal", "low"]),
    flow=st.sampled_from([None, "etl"]),
    memory=st.booleans(),
    threshold=st.integers(1, 20),
)
PAUSES = tuple(Pause(blocker, START, "ana") for blocker in ("everything", "queue:normal", "flow:etl"))
FACTS = st.builds(
    lambda active, flow, ahead, **others: facts(
        active_runs=active[:3],
        active_count=len(active),
        flow_runs=flow[:3],
        flow_count=len(flow),
        cooldown_until=None if ahead is None else START + timedelta(milliseconds=ahead),
        **others,
    ),
    RUNS,
    RUNS,
    st.none() | st.integers(-(10**6), 10**9),
    pauses=st.integers(0, 3).map(lambda count: PAUSES[:count]),
    dispatched=NUMBERS,
    cap=st.integers(1, 10**6),
    approvals=st.integers(0, 5).map(lambda count: tuple(f"ap-{number}" for number in range(count))),
    failures=NUMBERS,
    pressure=st.booleans(),
    depth=NUMBERS,
    pressure_low=NUMBERS,
    flow_limit=st.integers(0, 4),
)
BROKEN = [name for name in HOLDING if name != "paused"]


def without(monkeypatch, name):
    """Let the guard hold nobody any more."""
    changed = [guard if guard.__name__ != name else lambda job, facts: None for guard in GUARDS]
    for guard in changed:
        guard.__name__ = name if guard.__name__ == "<lambda>" else guard.__name__
    monkeypatch.setattr(guards, "GUARDS", tuple(changed))


@given(JOBS, FACTS)
@settings(max_examples=300, deadline=None)
def test_a_slots_decision_is_replayed_from_its_row_alone(job, known):
    hold = first_hold(job, known)
    saw = seen(job, known)
    decision = skipped(START, START, hold, saw) if hold else dispatched(START, START, "run_x", saw)

    again = replay(decode(encode(decision)))

    assert (again.same, again.outcome, again.reason) == (True, decision.outcome, decision.reason)


@given(JOBS, FACTS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_run_that_was_asked_for_is_replayed_without_the_guards_that_it_passed_over(job, known, ignored):
    hold = first_hold(job, known, passed_over(asked=True, ignored=ignored))
    saw = seen(job, known, ignored=ignored)
    decision = skipped(START, START, hold, saw, "api") if hold else dispatched(START, START, "run_x", saw, "api")

    assert replay(decode(encode(decision))).same


@pytest.mark.parametrize("name", [name for name in HOLDING if name != "dispatch_cap"])
def test_a_hold_that_ended_later_is_replayed_from_what_was_seen_when_it_held(name):
    first = look(a_job(flow="f"), facts(**HOLDING[name]), None)
    waiting = a_job(flow="f", held=Held(START, START, first.hold, first.seen), next_slot_at=first.next_slot_at)

    second = look(waiting, facts(now=first.next_slot_at), None)
    ended, went = second.decisions

    assert (ended.outcome, ended.reason, replay(ended).same) == (Outcome.SKIPPED, name, True)
    assert replay(went).same


def test_what_the_cap_left_behind_is_replayed_as_the_caps():
    late = look(a_job(), facts(now=START + timedelta(hours=1)), None)

    assert [(row.reason, replay(row).same) for row in late.decisions] == [("dispatch_cap", True), ("", True)]


@pytest.mark.parametrize("decision", [missed(START, START, 3, START, "too_late"), dispatched(START, START, "run_x")])
def test_what_no_guard_decided_and_rows_of_older_versions_cannot_be_replayed(decision):
    assert replay(decision) is None


@pytest.mark.parametrize("name", HOLDING)
def test_a_guard_that_is_changed_decides_otherwise_today(monkeypatch, name):
    job, known = a_job(flow="f"), facts(**HOLDING[name])
    decision = skipped(START, START, first_hold(job, known), seen(job, known))
    without(monkeypatch, name)

    again = replay(decode(encode(decision)))

    assert (again.outcome, again.same) == (Outcome.DISPATCHED, False)


def test_blockers_that_are_not_named_still_count():
    known = facts(flow_runs=("run_a",), flow_count=7, flow_limit=7)
    decision = skipped(START, START, Hold("flow_limit", 7, 7), seen(a_job(flow="f"), known))

    assert replay(replace(decision, blocked_by=())).same
