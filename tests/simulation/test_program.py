"""The program at its outermost door: options, refusals, and that it needs nothing but Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from runners.simulation.main import main
from runners.simulation.options import asked, parser
from tests.servers import free_port

SCRIPT = Path(__file__).parents[2] / "scripts" / "simulate_safe_load.py"


def test_the_defaults_are_those_of_the_handbook():
    options = parser().parse_args([])

    scenario = asked(options, print)

    assert (scenario.jobs, scenario.interval_sec, scenario.work_ms, scenario.jitter_sec) == (100, 30, 8000, 25)
    assert (scenario.duration_sec, scenario.tick_sec, scenario.prefix) == (90, 10, "simsafe")
    assert (options.api_base, options.cleanup) == ("http://127.0.0.1:8000", False)


@pytest.mark.parametrize(
    "words",
    [
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--work-ms", "50"],
        ["--duration-sec", "nan"],
        ["--prefix", "a b"],
        ["--prefix", ""],
        ["--api-base", "localhost:8000"],
        ["--html", "/nowhere/at/all.html"],
        ["--unknown"],
    ],
    ids=" ".join,
)
def test_wrong_options_end_with_2_and_name_what_is_wrong(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_a_server_that_is_away_is_said_plainly(capsys):
    assert main(["--api-base", f"http://127.0.0.1:{free_port()}"]) == 1

    assert "does not answer" in capsys.readouterr().err


@pytest.mark.slow
def test_it_needs_nothing_but_python():
    """Without any installed package it reads its options, and says of --virtual what that needs."""
    bare = [sys.executable, "-S", "-E", str(SCRIPT)]

    shown = subprocess.run([*bare, "--help"], capture_output=True, text=True, timeout=60)
    virtual = subprocess.run([*bare, "--virtual"], capture_output=True, text=True, timeout=60)

    assert shown.returncode == 0 and "--interval-sec" in shown.stdout
    assert virtual.returncode == 1 and "needs the platform's packages" in virtual.stderr
