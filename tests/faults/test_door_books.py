"""The books see what they are there for: each promise to a client, broken once."""

import pytest

from runners.engine.decision import LEDGER_KEPT
from tests.faults.client import Answer, Asked, Told, told
from tests.faults.door_books import decided, reasons, tickets

ROW = {"run_id": "run_1", "trace_id": "t1", "source": "api", "status": "success"}
KEPT = Asked("t1", "job", Told.ACKNOWLEDGED, ["run_1"])


@pytest.mark.parametrize(
    ("log", "rows", "problem"),
    [
        ([KEPT], [ROW], None),
        ([Asked("t1", "job")], [ROW], None),
        ([Asked("t1", "job")], [], None),
        ([Asked("t1", "job", Told.REFUSED)], [], None),
        ([KEPT], [], "run_1 was acknowledged and is not recorded"),
        ([Asked("t1", "job", Told.REFUSED)], [ROW], "t1 was refused and has a run"),
        ([], [ROW], "run_1 was asked for by nobody"),
        ([KEPT], [ROW, ROW | {"run_id": "run_2"}], "t1 has 2 runs"),
        ([Asked("t1", "job", Told.ACKNOWLEDGED, ["run_1", "run_2"])], [ROW], "t1 was told of 2 runs"),
        ([Asked("t1", "job", Told.ACKNOWLEDGED, ["run_1"], "cancelled")], [ROW], "run_1 was cancelled and is success"),
    ],
)
def test_what_a_client_was_told_is_held_against_the_records(log, rows, problem):
    found = list(tickets(log, {row["run_id"]: row for row in rows}, lossy=False))

    assert bool(found) == bool(problem)
    assert problem is None or any(problem in one for one in found)


def test_a_store_that_lost_its_tail_may_lose_runs_but_not_double_them():
    assert list(tickets([KEPT], {}, lossy=True)) == []
    doubled = {name: ROW | {"run_id": name} for name in ("run_1", "run_2")}
    assert list(tickets([KEPT], doubled, lossy=True)) == ["ticket t1 has 2 runs"]


@pytest.mark.parametrize(
    ("answer", "word"),
    [(None, "indeterminate"), (503, "indeterminate"), (500, "indeterminate"), (409, "refused"), (200, "acknowledged")],
)
def test_only_an_answer_tells_for_sure(answer, word):
    assert told(None if answer is None else Answer(answer, {}, {})) == word


@pytest.mark.parametrize(
    ("decision", "reason", "run_id", "well"),
    [
        ("skipped", "overlap", None, True),
        ("skipped", None, None, False),
        ("skipped", "weather", None, False),
        ("missed", "too_late", None, True),
        ("missed", None, None, False),
        ("dispatched", None, "run_1", True),
        ("dispatched", None, None, False),
    ],
)
def test_every_decision_says_why(decision, reason, run_id, well):
    row = {"slot_at": "2030-01-01T00:00:00.000Z", "decision": decision, "reason": reason, "run_id": run_id}

    assert (list(reasons("job", [row])) == []) is well


def test_decisions_and_runs_belong_together():
    run = {"run_id": "run_1", "job_id": "job", "created_at": "2030-01-01T00:00:01.000Z"}
    row = {"decision": "dispatched", "run_id": "run_1", "decided_at": "2030-01-01T00:00:01.000Z"}

    assert list(decided({"job": [row]}, {"run_1": run})) == []
    assert list(decided({"job": [row]}, {})) == ["run run_1 was dispatched and is not recorded"]
    assert list(decided({"job": [row]}, {"run_1": run, "run_2": run | {"run_id": "run_2"}})) == [
        "run run_2 of job job has no decision"
    ]


def test_a_full_ledger_answers_for_what_came_after_its_oldest_row():
    rows = [{"decision": "dispatched", "run_id": f"run_{n}", "decided_at": "2030-01-02"} for n in range(LEDGER_KEPT)]
    runs = {row["run_id"]: {"job_id": "job", "created_at": "2030-01-02"} for row in rows}

    assert list(decided({"job": rows}, runs | {"run_x": {"job_id": "job", "created_at": "2030-01-01"}})) == []
    assert list(decided({"job": rows}, runs | {"run_x": {"job_id": "job", "created_at": "2030-01-03"}})) == [
        "run run_x of job job has no decision"
    ]
