#!/usr/bin/env python3
"""Play a fault against a whole deployment of real processes, and close its books: exit 1 unless they balance.

Each play has a server, web, schedulers, workers and connector of its own on free loopback ports, and ends all of them.
SCENARIO is a number, a name, or `all`, which plays one after the other and prints a table. `stress` kills everything at
random; `soak` kills nothing, and `soak-under-kills` is the stress, slower and longer: both watch what all processes hold,
and `--json` brings every look at it.
"""

import argparse
import json
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.faults.holding import held_table
from tests.faults.scenarios import SCENARIOS, Report, Scenario, play

SOAKS = [scenario for scenario in SCENARIOS if scenario.name.startswith("soak")]
MODES = ("streams", "lists", "memory")
HEAD = "| nr. | scenario | mode | struck | runs | looks | drained in | problems |\n|---|---|---|---|---|---|---|---|"


def main() -> int:
    """Play what is asked for; 0 when every fault struck and nothing is wrong, 1 otherwise, 2 on wrong usage."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all processes of the play are ended
    chosen = [scenario for scenario in options.scenario if options.mode in scenario.modes]
    if not chosen:
        print(f"nothing of it is played in mode '{options.mode}'", file=sys.stderr)
        return 2
    if options.seconds > (most := min(scenario.most_sec for scenario in chosen)):
        print(f"{chosen[0].name} is played for {most:g} s at most", file=sys.stderr)
        return 2
    reports = _play_all(chosen, options) if len(chosen) > 1 else [_play(chosen[0], options)]
    rows = [asdict(report) | {"holds": report.holds} for report in reports]
    if options.json:
        options.json.write_text(json.dumps(rows[0] if len(rows) == 1 else rows, indent=2) + "\n")
    if len(rows) == 1:
        print(json.dumps({name: said for name, said in rows[0].items() if name != "held"}, indent=2))
        print(held_table(rows[0]["held"]), end="")
    return 0 if all(report.holds for report in reports) else 1


def _play_all(chosen: Sequence[Scenario], options: argparse.Namespace) -> list[Report]:
    print(HEAD, flush=True)
    reports = []
    for scenario in chosen:
        report = _play(scenario, options)
        print(_row(scenario, report), flush=True)
        reports.append(report)
    return reports


def _row(scenario: Scenario, report: Report) -> str:
    problems = "none" if report.holds else "; ".join(report.problems) or "the fault never struck"
    cells = [str(scenario.number or ""), report.scenario, report.mode, str(report.struck), str(report.runs)]
    return f"| {' | '.join([*cells, str(report.looks), f'{report.drained_sec} s', problems.replace('|', '/')[:300]])} |"


def _play(scenario: Scenario, options: argparse.Namespace) -> Report:
    """Play one; what breaks the play itself is its problem, so that others are still played."""
    with tempfile.TemporaryDirectory(prefix="mj-") as folder:
        try:
            return play(scenario, options.mode, options.seconds, Path(folder))
        except AssertionError as broken:
            return Report(scenario.name, options.mode, 0, problems=(str(broken),))
        except Exception:
            return Report(scenario.name, options.mode, 0, problems=(traceback.format_exc(),))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(f"{scenario.number} {scenario.name}" for scenario in SCENARIOS if scenario.number)
    parser.add_argument(
        "scenario", type=_scenarios, metavar="SCENARIO", help=f"all, stress, soak, soak-under-kills, or one of: {names}"
    )
    parser.add_argument("--mode", choices=MODES, default="streams", help="how runs are queued")
    parser.add_argument(
        "--seconds", type=_seconds, default=60.0, help="for how long the fault goes on, 1 to 900, 1800 of a soak"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report to this file too")
    return parser.parse_args()


def _scenarios(word: str) -> list[Scenario]:
    """Return what the word names; `all` is everything but the soaks, which are long by nature."""
    in_all = word == "all"
    found = [one for one in SCENARIOS if word in (str(one.number), one.name) or (in_all and one not in SOAKS)]
    if not found:
        raise argparse.ArgumentTypeError(f"there is no scenario '{word}'; --help lists them")
    return found


def _seconds(word: str) -> float:
    if not word.isdigit() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"'{word}' is not a number from 1 on")
    return float(word)


if __name__ == "__main__":
    sys.exit(main())
