"""What of a run is told as spans: the run, its slot, its wait and its attempts, in one trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from runners.engine.run import Attempt, FailureKind, Run, RunStatus
from runners.engine.tracing.exporting import Exporting
from runners.engine.tracing.span import Span, of_run, root_id, trace_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REQUEST = "0af7651916cd43dd8448eb211c80319c"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def run() -> Run:
    """A run that was asked for at noon, failed once, and then went well."""
    fields = {
        "job_id": "report",
        "job_type": "report.daily",
        "job_version": "3",
        "status": "queued",
        "attempt": "1",
        "source": "manual",
        "created_at": str(round(NOON.timestamp() * 1000)),
        "scheduled_at": str(round(NOON.timestamp() * 1000)),
        "timeout_ms": "30000",
        "max_retry": "3",
        "trace_id": REQUEST,
    }
    attempts = (
        Attempt(0, after(2), after(3), "w1", "failed", "no route to host"),
        Attempt(1, after(4), after(5), "w2", "success", None),
    )
    read = Run.from_hash("run_1", fields)
    return replace(read, status=RunStatus.SUCCESS, finished_at=after(5), attempts=attempts)


def by_name(spans: list[Span]) -> dict[str, Span]:
    return {span.name: span for span in spans}


def test_a_run_hangs_on_the_request_that_asked_for_it(run: Run) -> None:
    found = by_name(of_run(run))

    assert {span.trace_id for span in found.values()} == {REQUEST}
    assert found["run report.daily"].parent_id == root_id(REQUEST)
    assert {found["wait"].parent_id, found["attempt"].parent_id} == {found["run report.daily"].span_id}


def test_a_run_is_told_from_its_creation_to_its_end(run: Run) -> None:
    spans = of_run(run)
    times = [(span.name, span.start, span.end) for span in spans]

    assert times == [
        ("run report.daily", NOON, after(5)),
        ("wait", NOON, after(2)),
        ("attempt", after(2), after(3)),
        ("attempt", after(4), after(5)),
    ]
    assert len({span.span_id for span in spans}) == len(spans)


def test_a_slot_is_the_root_of_its_run(run: Run) -> None:
    slot = by_name(of_run(replace(run, slot_at=after(-1), trace_id="run_1")))["slot"]

    assert (slot.parent_id, slot.start, slot.end) == ("", after(-1), NOON)
    assert slot.span_id == root_id("run_1")
    assert slot.trace_id == trace_id("run_1")


def test_a_slot_that_was_run_early_does_not_end_before_it_begins(run: Run) -> None:
    slot = by_name(of_run(replace(run, slot_at=after(1))))["slot"]

    assert slot.start == slot.end == NOON


def test_a_run_that_never_started_waited_to_its_end(run: Run) -> None:
    expired = replace(run, status=RunStatus.FAILED, failure_kind=FailureKind.EXPIRED, attempts=())

    assert by_name(of_run(expired))["wait"].end == after(5)
    assert by_name(of_run(expired))["run report.daily"].error


def test_what_failed_says_so(run: Run) -> None:
    errors = [span.error for span in of_run(run) if span.name == "attempt"]

    assert errors == ["no route to host", ""]


def test_a_run_that_is_told_twice_is_the_same_trace(run: Run) -> None:
    assert of_run(run) == of_run(run)


@pytest.mark.parametrize("name", ["telegram-7", "0" * 32, REQUEST.upper(), ""], ids=["chat", "zero", "upper", "none"])
def test_any_request_id_gives_a_trace(name: str) -> None:
    assert trace_id(name) != name
    assert len(trace_id(name)) == 32


def test_spans_leave_the_process_as_they_are(run: Run) -> None:
    kept = InMemorySpanExporter()
    exporting = Exporting(kept, "scheduler")

    exporting.tell(of_run(run))
    exporting.end()
    told = kept.get_finished_spans()

    assert [span.name for span in told] == ["run report.daily", "wait", "attempt", "attempt"]
    assert {format(span.context.trace_id, "032x") for span in told if span.context} == {REQUEST}
    assert [span.status.is_ok for span in told] == [True, True, False, True]
    assert told[0].end_time and told[0].start_time and told[0].end_time - told[0].start_time == 5_000_000_000
