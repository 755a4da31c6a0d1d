#!/usr/bin/env python3
"""Play a fault against a whole deployment of real processes, and close its books: exit 1 unless they balance.

Each play has a server, schedulers and workers of its own on free loopback ports, and ends all of them.
"""

import argparse
import json
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.faults.scenarios import SCENARIOS, Report, Scenario, play  # noqa: E402 - the checkout is on the path only now

ABSENT = {
    29: "no-redis-at-boot",
}
"""Scenarios that do not stand yet."""


def main() -> int:
    """Play one scenario; 0 when it struck and nothing is wrong, 1 otherwise, 2 on wrong usage."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all processes of the play are ended
    with tempfile.TemporaryDirectory(prefix="mj-") as folder:
        try:
            report = play(options.scenario, options.mode, options.seconds, Path(folder))
        except AssertionError as broken:
            report = Report(options.scenario.name, options.mode, 0, problems=(str(broken),))
    text = json.dumps(asdict(report) | {"holds": report.holds}, indent=2)
    if options.json:
        options.json.write_text(text + "\n")
    print(text)
    return 0 if report.holds else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(f"{scenario.number} {scenario.name}" for scenario in SCENARIOS)
    parser.add_argument("scenario", type=_scenario, metavar="SCENARIO", help=f"number or name: {names}")
    parser.add_argument("--mode", choices=("streams", "lists"), default="streams", help="how runs are queued")
    parser.add_argument("--seconds", type=_seconds, default=60.0, help="for how long the fault goes on, 1 to 900")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report to this file too")
    return parser.parse_args()


def _scenario(word: str) -> Scenario:
    for scenario in SCENARIOS:
        if word in (str(scenario.number), scenario.name):
            return scenario
    for number, name in ABSENT.items():
        if word in (str(number), name):
            raise argparse.ArgumentTypeError(f"scenario {number} ({name}) does not stand yet in this version")
    raise argparse.ArgumentTypeError(f"there is no scenario '{word}'; --help lists them")


def _seconds(word: str) -> float:
    """Read a duration; a job of one second keeps 1000 decisions, and the books need them all."""
    if not word.isdigit() or not 1 <= int(word) <= 900:
        raise argparse.ArgumentTypeError(f"'{word}' is not a number from 1 to 900")
    return float(word)


if __name__ == "__main__":
    sys.exit(main())
