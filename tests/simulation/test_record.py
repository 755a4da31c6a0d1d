"""What is computed from the runs' records, by hand-made records."""

import pytest

from runners.simulation import record, verdict
from runners.simulation.record import Run, depths, overlaps, peak, rises, run_of, spread
from runners.simulation.verdict import Scenario, judge, recommend, tick

SCENARIO = Scenario(100, 30, 8000, 25, 90, 10, "simsafe")


def look(at_sec, runs, depth):
    """Return what is seen of these runs."""
    return tick(at_sec, record.counts(runs), depth, record.overlapped(runs))


def run(number, *spans, job="a", status="success", created=None):
    first = spans[0][0] if spans else None
    last = spans[-1][1] if spans else None
    return Run(f"run_{number}", job, status, first if created is None else created, first, last, spans)


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([(0, 5), (5, 9)], 0),
        ([(0, 5), (4.999, 9)], 1),
        ([(0, 100), (10, 20), (30, 40)], 2),
        ([(0, None), (7, 9)], 1),
    ],
)
def test_two_runs_of_a_job_that_work_at_the_same_time_overlap(spans, found):
    runs = [run(number, span) for number, span in enumerate(spans)]

    assert len(overlaps(runs)) == found


def test_a_later_attempt_of_one_run_counts_as_its_work_and_other_jobs_do_not_overlap():
    again = run(1, (0, 2), (8, 12))
    between, beside = run(2, (3, 7)), run(3, (9, 10))

    assert overlaps([again, between]) == []
    assert overlaps([again, between, beside]) == [("a", "run_1", "run_3")]
    assert overlaps([again, run(4, (1, 9), job="b")]) == []


def test_depth_counts_who_waits_from_making_to_first_start():
    runs = [run(1, (2, 5), created=0), run(2, (4, 9), created=1), run(3, created=3, status="queued")]

    assert depths(runs) == [(0, 1), (1, 2), (2, 1), (3, 2), (4, 1)]
    assert peak(runs) == 2


def test_a_run_that_takes_a_place_in_the_moment_in_which_another_one_comes_was_not_beside_it():
    waited, comes = run(1, (5, 9), created=0), run(2, (5, 9), created=5)

    assert peak([waited, comes]) == 1
    assert peak([waited, run(3, (6, 9), created=4)]) == 2


def test_percentiles_are_values_that_were_seen():
    assert spread([]) == {"p50": None, "p95": None, "max": None}
    assert spread([3.0]) == {"p50": 3.0, "p95": 3.0, "max": 3.0}
    assert spread([float(value) for value in range(1, 101)]) == {"p50": 50.0, "p95": 95.0, "max": 100.0}


@pytest.mark.parametrize(
    ("samples", "risen"), [([0, 0, 8], True), ([5], False), ([0, 0], False), ([0, 9, 8], False), ([3, 3, 4], True)]
)
def test_success_rises_when_it_grows_and_never_falls(samples, risen):
    assert rises(samples) is risen


def test_a_row_of_the_api_is_read_with_all_of_its_attempts():
    row = {
        "run_id": "run_1",
        "job_id": "a",
        "status": "running",
        "created_at": "2026-01-05T00:00:00.000Z",
        "started_at": "2026-01-05T00:00:09.000Z",
        "finished_at": None,
        "attempts": [
            {"started_at": "2026-01-05T00:00:01.000Z", "finished_at": "2026-01-05T00:00:02.500Z"},
            {"started_at": "2026-01-05T00:00:09.000Z", "finished_at": None},
        ],
    }

    found = run_of(row)

    begun = found.created_at
    assert found.spans == ((begun + 1, begun + 2.5), (begun + 9, None))
    assert (found.wait_sec, found.work_sec) == (1, None)
    assert run_of({**row, "attempts": []}).spans == ((begun + 9, None),)


def test_each_criterion_fails_by_itself():
    good = [run(1, (0, 5)), run(2, (6, 9))]
    ticks = [look(1, good[:1], 0), look(2, good, 0)]
    deep = [run(number, (99, 100), job=str(number), created=0) for number in range(201)]

    def failing(ticks, runs):
        return [one["name"] for one in judge(ticks, runs) if not one["holds"]]

    assert failing(ticks, good) == []
    assert failing(ticks[:1], good) == ["success rises"]
    assert failing(ticks, [*good, run(3, (10, 11), status="failed")]) == ["failed = 0"]
    assert failing(ticks, [*good, run(3, (8, 11))]) == ["overlap = 0, by the record"]
    assert failing(ticks, [*good, *deep]) == ["depth <= 200"]
    assert failing([*ticks, look(3, good, 201)], good) == ["success rises", "depth <= 200"][1:]
    assert failing(ticks, []) == ["success > 0"]


def test_the_recommended_concurrency_is_arrivals_times_duration_with_headroom():
    measured = recommend(SCENARIO, [run(number, (0, 8.1), job=str(number)) for number in range(9)])

    assert recommend(SCENARIO, [])["worker_concurrency"] == 39
    assert measured["worker_concurrency"] == 39
    assert "100 jobs / 30 s x 8.1 s (mean of the runs)" in measured["how"]


def test_a_report_without_a_single_run_is_told_all_the_same():
    told = verdict.report(SCENARIO, [look(0, [], 0)], [], skipped=0)

    assert told["ok"] is False
    assert any(line.startswith("FAILED success > 0") for line in verdict.lines(told))
    assert record.counts([]) == {"runs": 0, "queued": 0, "running": 0, "success": 0, "failed": 0, "cancelled": 0}
