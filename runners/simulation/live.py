"""Playing a scenario on a server: make the jobs, look once per tick, and take away what was made, whatever happens."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from runners.simulation import record
from runners.simulation.api import Api, Away, Refused
from runners.simulation.fleet import Fleet
from runners.simulation.verdict import Scenario, Tick, report, tick

GRACE_SEC = 15.0
"""How much longer than its work a run may take to end when all is over, before it is cancelled."""
Say = Callable[[str], None]


def simulate(options: argparse.Namespace, scenario: Scenario, say: Say) -> tuple[dict[str, Any], bool]:
    """Return the report, and whether it was interrupted. Raises Away, Refused or NotOurs when nothing can be made or read."""
    fleet, ticks, interrupted = Fleet(Api(options.api_base, options.token), scenario), list[Tick](), False
    fleet.look_first()
    ready = fleet.api.ask("GET", "/readyz").body
    say(f"{scenario.jobs} jobs on {fleet.api.base}, mode {ready.get('mode')}, {ready.get('workers')} workers")
    try:
        fleet.make()
        _watch(fleet, ticks, say)
    except KeyboardInterrupt:
        interrupted = True
        say("interrupted; ending in order")
    except (Away, Refused):
        with suppress(Away, Refused):  # the first failure is the one to tell
            _clean(fleet, options, say)
        raise
    with _twice_is_enough(fleet, say):
        _clean(fleet, options, say)
    runs = fleet.read()
    server = {"mode": ready.get("mode"), "workers": ready.get("workers")}
    skipped = None if options.delete else fleet.skipped()
    return report(scenario, ticks or [_look(0, runs, 0)], runs, server=server, skipped=skipped), interrupted


def _watch(fleet: Fleet, ticks: list[Tick], say: Say) -> None:
    """Look once per tick until the time is over. A server that is away for a while is waited for."""
    scenario, began = fleet.scenario, time.monotonic()
    while (passed := time.monotonic() - began) < scenario.duration_sec:
        time.sleep(min(scenario.tick_sec, scenario.duration_sec - passed))
        try:
            depth = fleet.api.ask("GET", "/queue").body["depth"]
            ticks.append(_look(time.monotonic() - began, fleet.read(), depth))
            say(ticks[-1].line())
        except Away as error:
            say(f"[{time.monotonic() - began:5.0f}s] {error}")


def _look(at_sec: float, runs: list[record.Run], depth: int) -> Tick:
    return tick(at_sec, record.counts(runs), depth, record.overlapped(runs))


def _clean(fleet: Fleet, options: argparse.Namespace, say: Say) -> None:
    """Take away what was made, as far as that was asked for; runs that go on get their time to end."""
    if not (options.cleanup or options.delete):
        return
    fleet.disable()
    left = fleet.settle(fleet.scenario.work_ms / 1000 + GRACE_SEC)
    if options.delete:
        fleet.delete()
    done = "deleted" if options.delete else "disabled"
    say(f"{done} {len(fleet.sent)} jobs" + (f", cancelled {left} runs" if left else ""))


@contextmanager
def _twice_is_enough(fleet: Fleet, say: Say) -> Iterator[None]:
    """Let a second interrupt end even the cleaning, naming what stays behind."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"interrupted again; jobs of these names may still be enabled: {fleet.scenario.prefix}-*")
        raise SystemExit(130) from None
