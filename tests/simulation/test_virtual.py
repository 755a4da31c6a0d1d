"""A load on a virtual clock: the real guards, scheduler and scripts, equal reports for equal seeds."""

import json

import pytest

from runners.engine import guards
from runners.simulation.main import main
from runners.simulation.verdict import Scenario
from runners.simulation.virtual import play

pytestmark = pytest.mark.slow
CROWDED = Scenario(12, 4, 3000, 3, 40, 10, "crowd")


def written(told):
    return json.dumps(told, sort_keys=True)


def test_equal_seeds_give_equal_reports_to_the_last_letter_and_others_do_not():
    first = written(play(CROWDED, 5, seed=7, spread=0.3))

    assert written(play(CROWDED, 5, seed=7, spread=0.3)) == first
    assert written(play(CROWDED, 5, seed=8, spread=0.3)) != first


def test_a_load_beyond_its_slots_works_to_capacity_and_skips_the_rest():
    told = play(CROWDED, 5, seed=1, spread=0)

    found = told["record"]
    assert found["busy_at_once"] == 5
    assert found["peak_depth"] == 12 - 5
    assert found["overlaps"] == []
    assert found["success"] == found["runs"]
    assert told["skipped"] > 0
    assert found["runs"] == pytest.approx(5 * 40 / 3, rel=0.15)


def test_the_guards_are_those_of_the_platform(monkeypatch):
    """A guard that lets nobody pass lets no virtual run pass."""

    def closed(job, facts):
        return guards.Hold("pressure", observed=1, limit=0)

    monkeypatch.setattr(guards, "GUARDS", (closed,))

    assert play(CROWDED, 5, seed=1, spread=0)["record"]["runs"] == 0


def test_a_month_passes_without_waiting():
    month = Scenario(2, 86_400, 5000, 600, 30 * 86_400, 86_400, "month")

    told = play(month, 1, seed=1, spread=0)

    assert told["record"]["success"] == 2 * 29
    assert told["ok"]


def test_the_program_says_by_its_exit_code_whether_all_criteria_hold(capsys, tmp_path):
    load = [
        "--virtual",
        "--jobs",
        "4",
        "--interval-sec",
        "2",
        "--work-ms",
        "500",
        "--duration-sec",
        "8",
        "--tick-sec",
        "2",
    ]

    assert main([*load, "--json", "--html", str(tmp_path / "page.html")]) == 0

    told = capsys.readouterr()
    assert json.loads(told.out)["record"]["failed"] == 0
    assert "reaches beyond the interval; taken as 1" in told.err
    page = (tmp_path / "page.html").read_text()
    assert page.count("<svg") == 2
    assert "http://" not in page and "https://" not in page and "<script" not in page
