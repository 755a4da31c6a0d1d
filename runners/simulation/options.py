"""The options of the load simulation, as the handbook has them, and the scenario that they ask for."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from runners.simulation.api import Api
from runners.simulation.verdict import Scenario

LONGEST_SEC = 366 * 86_400


def number(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], float]:
    """Return what reads a number from `low` to `high`, and says so of any other text."""

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:g} to {high:g}")
        return value

    return read


def prefix(text: str) -> str:
    """Return a prefix of job ids that is a flow group's name, too."""
    if 1 <= len(text) <= 64 and all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not 1 to 64 of A-Z a-z 0-9 . _ -")


def address(text: str) -> str:
    """Return the address of a server."""
    try:
        return Api(text).base
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def new_file(text: str) -> str:
    """Return the path of a file that can be written."""
    if Path(text).absolute().parent.is_dir() and not Path(text).is_dir():
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a file in a folder that exists")


def parser(name: str | None = None) -> argparse.ArgumentParser:
    """Return the parser; wrong options end the program with 2."""
    made = argparse.ArgumentParser(name, description="A safe load on the platform, judged by its runs' records.")
    add = made.add_argument
    add(
        "--api-base",
        type=address,
        default="http://127.0.0.1:8000",
        help="the server, with its path prefix (%(default)s)",
    )
    add("--jobs", type=number(int, 1, 10_000), default=100, help="how many jobs (%(default)s)")
    add("--interval-sec", type=number(int, 1, 86_400), default=30, help="how often each is due (%(default)s)")
    add("--work-ms", type=number(int, 100, 300_000), default=8000, help="how long each run works (%(default)s)")
    add("--jitter-sec", type=number(int, 0, 86_400), default=25, help="how far the jobs are spread (%(default)s)")
    add("--duration-sec", type=number(float, 1, LONGEST_SEC), default=90, help="how long to look (%(default)s)")
    add("--tick-sec", type=number(float, 0.1, LONGEST_SEC), default=10, help="how often to look (%(default)s)")
    add("--prefix", type=prefix, default="simsafe", help="what the job ids begin with (%(default)s)")
    add("--cleanup", action="store_true", help="disable the jobs at the end, and wait for their runs")
    add("--delete", action="store_true", help="delete the jobs at the end (role admin)")
    add(
        "--token",
        default=os.environ.get("MULTIJOB_TOKEN", ""),
        help="who asks, when the server wants to know (MULTIJOB_TOKEN)",
    )
    add("--json", action="store_true", help="print the report as JSON; what happens meanwhile goes to stderr")
    add("--html", metavar="FILE", type=new_file, help="write the report as one page with charts")
    add(
        "--virtual",
        action="store_true",
        help="no server: the platform's own scheduler on a clock of its own (needs the platform)",
    )
    add("--concurrency", type=number(int, 1, 10_000), default=40, help="runs at once, with --virtual (%(default)s)")
    add("--seed", type=number(int, 0, 2**63), default=1, help="what is drawn by chance, with --virtual (%(default)s)")
    add(
        "--spread",
        type=number(float, 0, 1),
        default=0.0,
        help="by what part the work varies, with --virtual (%(default)s)",
    )
    return made


def asked(options: argparse.Namespace, say: Callable[[str], None]) -> Scenario:
    """Return the scenario. A jitter that no schedule allows is cut, and that is said."""
    jitter = min(options.jitter_sec, options.interval_sec - 1)
    if jitter < options.jitter_sec:
        say(f"--jitter-sec {options.jitter_sec} reaches beyond the interval; taken as {jitter}")
    return Scenario(
        options.jobs,
        options.interval_sec,
        options.work_ms,
        jitter,
        options.duration_sec,
        min(options.tick_sec, options.duration_sec),
        options.prefix,
    )
