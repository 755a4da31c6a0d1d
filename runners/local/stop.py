"""Ending what `up` started: only processes that are really its own, and their children with them."""

import signal
import time
from datetime import timedelta

from runners.engine.settings import Settings
from runners.local import state
from runners.local.proc import Identity, command_line, descendants
from runners.local.supervisor import BEYOND_GRACE, SERVER_GRACE

LOOK_EVERY_SEC = 0.1


def stop(settings: Settings) -> dict[int, str]:
    """End the `up` of this DATA_DIR; return pid → command line of what ended, nothing when none ran."""
    last = state.read(settings.data_dir)
    if last is None:
        return {}
    ours = processes_of(last)
    named = {process.pid: command_line(process.pid) for process in ours}
    # a supervisor ends its programs in order; without one they are asked themselves
    asked = [last.supervisor] if last.supervisor.is_alive() else ours
    for process in asked:
        process.send(signal.SIGTERM)
    _wait_for_end(ours, settings.shutdown_grace + BEYOND_GRACE + SERVER_GRACE + BEYOND_GRACE)
    for process in ours:
        process.send(signal.SIGKILL)
    state.erase(settings.data_dir)
    return named


def processes_of(last: state.State) -> list[Identity]:
    """Return the processes of this `up` that live: supervisor, programs, and everything below them."""
    named = [last.supervisor, *(child.process for child in last.children if child.process)]
    alive = [process for process in named if process.is_alive()]
    below = [process for root in alive for process in descendants(root.pid)]
    return list(dict.fromkeys([*alive, *below]))


def _wait_for_end(processes: list[Identity], longest: timedelta) -> None:
    """Wait until all have ended, at most `longest`."""
    deadline = time.monotonic() + longest.total_seconds()
    while any(process.is_alive() for process in processes) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SEC)
