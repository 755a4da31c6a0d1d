"""A run's id and its record."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.engine import clock
from runners.engine.run import TERMINAL, FailureKind, Run, RunStatus, base32, run_id, scheduled_run_id
from tests.protocol.jobs import START

MOMENTS = st.integers(0, 4_102_444_800_000).map(clock.from_ms)
JOBS = st.text("abcXYZ019._-", min_size=1, max_size=128)
RECORD = {
    "job_id": "daily", "job_type": "test.kind", "job_version": "3", "status": "queued", "attempt": "0", "source": "schedule",
    "created_at": "1893456000000", "scheduled_at": "1893456000000", "timeout_ms": "30000", "max_retry": "2",
}  # fmt: skip


@given(JOBS, st.integers(1, 10**6), MOMENTS)
def test_an_id_has_only_what_rq_allows(job, incarnation, slot):
    assert re.fullmatch(r"run_[a-z2-7]{10}_[a-z2-7]{12}", scheduled_run_id(job, incarnation, slot))


@given(JOBS, st.integers(1, 10**6), MOMENTS)
def test_the_same_slot_has_the_same_id(job, incarnation, slot):
    assert scheduled_run_id(job, incarnation, slot) == scheduled_run_id(job, incarnation, slot)


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_age(one, other):
    ids = sorted([scheduled_run_id("a", 1, one), scheduled_run_id("a", 1, other)])

    assert ids[0] == scheduled_run_id("a", 1, min(one, other))


def test_an_id_is_what_the_contract_says_for_ever():
    assert scheduled_run_id("daily", 1, START) == "run_23r5hgfh22_snzbrmejq4kl"


@pytest.mark.parametrize(
    "other",
    [
        ("daily", 2, START, "k"),
        ("daily2", 1, START, "k"),
        ("daily", 1, START + timedelta(milliseconds=1), "k"),
        ("daily", 1, START, "l"),
    ],
)
def test_what_differs_has_another_id(other):
    assert run_id(*other) != run_id("daily", 1, START, "k")


def test_parts_of_an_identity_cannot_run_into_each_other():
    assert run_id("a", 11, START, "k") != run_id("a1", 1, START, "k")
    assert run_id("a", 1, START, "1k") != run_id("a", 11, START, "k")


@given(st.integers(0, 32**10 - 1), st.integers(0, 32**10 - 1))
def test_base32_keeps_the_order(one, other):
    assert (base32(one) < base32(other)) == (one < other)


def test_active_is_everything_but_the_three_ends():
    assert {status for status in RunStatus if not status.active} == TERMINAL == {"success", "failed", "cancelled"}


def test_what_may_end_differently_is_tried_again():
    assert {kind for kind in FailureKind if kind.retryable} == {"error", "timeout", "crashed", "lost"}


def test_a_fresh_record_is_read():
    run = Run.from_hash("run_x", RECORD | {"slot_at": "1893456000000", "expires_at": ""})

    assert (run.status, run.slot_at, run.expires_at, run.attempts, run.result) == (
        RunStatus.QUEUED,
        START,
        None,
        (),
        None,
    )


def test_ended_attempts_come_before_the_one_that_runs():
    fields = RECORD | {
        "status": "running", "attempt": "1", "started_at": "1893456009000", "worker_id": "w2",
        "attempts": '{"n":0,"s":1893456000000,"f":1893456001000,"w":"w1","o":"failed","e":"no"}',
    }  # fmt: skip

    attempts = Run.from_hash("run_x", fields).attempts

    assert [(each.attempt, each.worker_id, each.outcome, each.error) for each in attempts] == [
        (0, "w1", "failed", "no"),
        (1, "w2", None, None),
    ]


def test_the_last_attempt_of_an_ended_run_is_the_record_itself():
    fields = RECORD | {
        "status": "failed", "started_at": "1893456009000", "finished_at": "1893456010000", "worker_id": "w1",
        "result": '{"success":false,"output":null,"error":"no","duration_ms":1000}', "failure_kind": "error",
    }  # fmt: skip

    run = Run.from_hash("run_x", fields)

    assert (run.attempts[0].outcome, run.attempts[0].error, run.error) == ("failed", "no", "no")


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "lost"},
        {"attempt": "x"},
        {"inputs": "{"},
        {"inputs": "[1]"},
        {"inputs": DEEP},
        {"failure_kind": "bad"},
        {"result": "1"},
        {"result": DEEP},
        {"attempts": "1"},
        {"attempts": "null"},
        {"attempts": DEEP},
        {"attempts": '{"n":0,"s":{"a":1}}'},
    ],
    ids=lambda broken: str(broken)[:40],
)
def test_a_broken_record_is_a_value_error(broken):
    with pytest.raises(ValueError, match=r"."):
        Run.from_hash("run_x", RECORD | broken)


def test_a_record_that_lacks_a_field_is_a_key_error():
    with pytest.raises(KeyError):
        Run.from_hash("run_x", {})
