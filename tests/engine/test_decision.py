"""A decision and its ledger row: nothing is lost on the way, and a row stays small."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.engine import clock
from runners.engine.decision import NOT_RUNS, Decision, Outcome, decode, dispatched, encode, missed, skipped
from runners.engine.guards import GUARDS, Hold
from runners.engine.run import scheduled_run_id
from tests.protocol.jobs import START

MOMENTS = st.integers(0, 4_102_444_800_000).map(clock.from_ms)
RUNS = st.text("abcdefghijklmnopqrstuvwxyz234567_-", min_size=1, max_size=23).map(lambda text: f"run_{text}")
COUNTS = st.integers(0, 10**6)
GUARD_NAMES = [guard.__name__ for guard in GUARDS if guard.__name__ not in NOT_RUNS]
HOLDS = st.builds(
    Hold, st.sampled_from(GUARD_NAMES), COUNTS, COUNTS, st.lists(RUNS, max_size=3, unique=True).map(tuple), COUNTS
)
LATEST = datetime(2099, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
NAME = scheduled_run_id("x" * 128, 1, LATEST)


@given(MOMENTS, MOMENTS, RUNS, st.sampled_from(["schedule", "manual", "planner"]), st.sampled_from(["", "c80l180t3"]))
def test_a_dispatch_comes_back(slot, now, run, source, seen):
    decision = dispatched(slot, now, run, seen, source)

    assert decode(encode(decision)) == decision
    assert decision.asked is (source != "schedule")


def test_a_row_of_an_older_version_is_read_too():
    assert decode("d|1000|1000|1|1001||0|0||0|run_1").source == "schedule"


def test_a_row_without_room_names_fewer_blockers_and_counts_them_all():
    hold = Hold("flow_limit", 1000, 1000, (NAME, NAME, NAME), 1000)
    seen = "d1000000c1000000f1000u604800000q1000000l1000000r1000g1000m1000G1t20"

    row = encode(skipped(LATEST, LATEST, hold, seen, "planner"))

    assert len(row.encode()) <= 200
    assert (len(decode(row).blocked_by), decode(row).blocked_count, decode(row).seen) == (2, 1000, seen)


@given(MOMENTS, MOMENTS, HOLDS)
def test_a_skip_comes_back_with_its_hold(slot, now, hold):
    decision = skipped(slot, now, hold)

    assert decode(encode(decision)) == decision
    assert decode(encode(decision)).hold == hold


@given(st.lists(st.text("abc-123", min_size=1), max_size=3).map(tuple))
def test_approvals_come_back_as_they_are_named(names):
    decision = skipped(START, START, Hold("pending_approval", len(names), 0, names, len(names)))

    assert decode(encode(decision)) == decision


def test_pauses_come_back_as_they_are_named_and_the_longest_fit():
    names = ("everything", "queue:critical", "flow:" + "x" * 64)
    decision = skipped(LATEST, LATEST, Hold("paused", 4, 0, names, 4))

    assert decode(encode(decision)) == decision
    assert len(encode(replace(decision, count=10**9)).encode()) <= 200


@given(
    MOMENTS,
    MOMENTS,
    st.integers(1, 10**9),
    MOMENTS,
    st.sampled_from(["coalesced", "too_late", "policy_skip", "not_replayed"]),
)
def test_a_miss_comes_back(first, last, count, now, reason):
    assert decode(encode(missed(first, last, count, now, reason))) == missed(first, last, count, now, reason)


@pytest.mark.parametrize("guard", [guard.__name__ for guard in GUARDS])
def test_a_row_takes_at_most_200_bytes(guard):
    hold = Hold(guard, 10**6, 10**6, (NAME, NAME, NAME), 10**6)
    decision = Decision(Outcome.SKIPPED, LATEST, LATEST, 10**9, LATEST, guard, 10**6, 10**6, hold.blocked_by, 10**6)

    assert len(encode(decision).encode()) <= 200


def test_only_a_skip_has_a_hold():
    assert dispatched(START, START, "run_x").hold is None
    assert missed(START, START, 1, START, "too_late").hold is None


@pytest.mark.parametrize(
    "row", ["", "d|1|1", "x|1|1|1|1||0|0||0|", "s||1|1|1|overlap|0|0||0|", "m|1|1|one|1|r|0|0||0|"]
)
def test_what_is_no_row_is_an_error(row):
    with pytest.raises((ValueError, KeyError)):
        decode(row)
