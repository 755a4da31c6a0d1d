"""The benchmark's own arithmetic: rates while all processes work, and what is called reached."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts" / "bench"))

import goals
import marks


def write(folder, name, *rows):
    (folder / name).write_text("".join(f"{first} {second}\n" for first, second in rows))


def test_a_rate_is_taken_while_all_processes_are_at_work(tmp_path):
    write(tmp_path, "1.sum", (0.0, 0), (4.0, 400))
    write(tmp_path, "2.sum", (2.0, 0), (3.0, 100), (8.0, 101))

    marked = marks.read(tmp_path)

    assert marked.count == 501
    assert marked.per_second == pytest.approx((200 + 100.2) / 2)


def test_runs_of_processes_that_end_with_them_count_from_first_to_last(tmp_path):
    write(tmp_path, "1.each", (10.0, 0.0), (10.5, 0.0))
    write(tmp_path, "2.each", (11.0, 10.9))

    marked = marks.read(tmp_path)

    assert (marked.per_second, marked.last) == (3.0, 11.0)
    assert marked.percentile(0.99) == pytest.approx(100)


def test_a_line_that_is_being_written_is_not_read(tmp_path):
    (tmp_path / "1.sum").write_text("1.0 1\n2.0 7\n3.0 1")

    assert marks.read(tmp_path).count == 7


@pytest.mark.parametrize(("rate", "reached"), [(2000.0, True), (1999.0, False), (None, None)])
def test_a_goal_is_reached_at_its_bound_and_unknown_without_a_figure(rate, reached):
    own = {"rate": rate, "rates": [rate], "p50": 1.0, "p99": 4.0}
    huey = {"rate": 1000.0, "rates": [1000.0], "p50": 2.0, "p99": 3.0}
    contest = {"multijob, streams": own, "multijob, lists": own, "huey, 16 threads": huey}

    verdicts = {verdict.goal: verdict.reached for verdict in goals.judge({"contest": contest})}

    assert verdicts["streams: runs per second, 2 times huey, 16 threads"] is reached
    assert verdicts["streams: runs per second, 50 times rq, Worker"] is None
    assert verdicts["streams: start latency p50 at 20/s, 1.5 times the best peer"] is True
    assert verdicts["lists: start latency p99 at 20/s, 2 times the best peer"] is True


def test_rates_are_compared_round_by_round_and_the_middle_ratio_counts():
    own = {"rate": 9000.0, "rates": [9000.0, None, 20000.0, 8000.0], "p50": None, "p99": None}
    huey = {"rate": 5000.0, "rates": [4000.0, 5000.0, 9000.0, 5000.0], "p50": None, "p99": None}
    contest = {"multijob, streams": own, "multijob, lists": own, "huey, 16 threads": huey}

    (verdict, _) = goals.of_rates(contest, "lists")

    assert verdict.reached
    assert verdict.measured == "9,000 / 5,000, 2.22 times (1.60 to 2.25 in 3 rounds)"


def test_a_table_says_no_as_plainly_as_yes():
    found = {"dispatch": 4999.0, "tick_ms": {100: 0.10, 100_000: 0.12}}

    table = goals.table(found, goals.judge(found))

    assert "4,999 slots/s | **no** |" in table
    assert "0.12 ms at 100,000 | yes |" in table


def test_a_table_says_what_many_workers_do_and_what_processes_hold():
    held = {"connections": 3, "mb": 86.2, "family_mb": 177.4}
    found = {
        "capacity": {2: {"rate": 16222.4, "server_us": 54.1, "workers_us": 40.2}},
        "holding": {"rest": {"web": held}, "work": {"web": held | {"connections": 5}}},
    }

    table = goals.table(found, goals.judge(found))

    assert "| 2 | 16,222 | 54 | 40 |" in table
    assert "| web | 3 | 5 | 86 | 177 | 86 | 177 |" in table
