"""One program that is kept running: when it ends by itself it is started again, after a pause that grows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from runners.engine import embedded
from runners.local.logs import open_log
from runners.local.proc import die_with_parent, identify
from runners.local.state import ChildState

SHORTEST_PAUSE = timedelta(milliseconds=500)
LONGEST_PAUSE = timedelta(seconds=30)
SETTLED_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a name for logs and people, the command line, and its whole environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]


def pause(failures: int) -> timedelta:
    """Return the wait before the next start after `failures` (from 1) early ends in a row; it doubles up to 30 s."""
    return min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** min(failures - 1, 10))


class Child:
    """Keeps one `Program` running in a process group of its own."""

    def __init__(self, program: Program, logs: Path) -> None:
        """Start nothing yet; `keep` does."""
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self._logs = logs
        self._failures = 0
        self._started = 0.0
        self._not_before = 0.0

    def keep(self) -> bool:
        """Start it when it is due; return whether anything changed."""
        if self.process is not None:
            return self._notice_end()
        if time.monotonic() < self._not_before:
            return False
        try:
            self.process, self._started = self._start(), time.monotonic()
        except OSError as error:  # no memory, no descriptor, no room for a log: others must not end with this one
            print(f"{self.program.name} cannot be started: {error.strerror}", file=sys.stderr, flush=True)
            self._plan_next(timedelta())
            return True
        return self.process is not None

    def _notice_end(self) -> bool:
        """Plan the next start when the process has ended."""
        if self.process is None or self.process.poll() is None:
            return False
        self.kill_group()
        self._plan_next(timedelta(seconds=time.monotonic() - self._started))
        return True

    def _plan_next(self, lived: timedelta) -> None:
        """Count a life that was so long; a long one makes the pause short again."""
        self._failures = 1 if lived > SETTLED_AFTER else self._failures + 1
        self._not_before = time.monotonic() + pause(self._failures).total_seconds()
        self.process, self.restarts = None, self.restarts + 1

    def _start(self, descriptors: tuple[int, ...] = ()) -> subprocess.Popen[bytes] | None:
        """Start the program; `descriptors` are open files that it inherits."""
        with (
            open_log(self._logs, self.program.name, "out") as out,
            open_log(self._logs, self.program.name, "err") as err,
        ):
            return subprocess.Popen(
                self.program.argv,
                env=self.program.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=descriptors,
                process_group=0,
                preexec_fn=die_with_parent(),
            )

    def ask_to_end(self) -> None:
        """Send SIGTERM; the program may finish what it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def has_ended(self) -> bool:
        """Say whether no process runs."""
        return self.process is None or self.process.poll() is not None

    def kill_group(self) -> None:
        """End the program and whatever it left in its process group, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def state(self) -> ChildState:
        """Return what the state file keeps about it."""
        process = identify(self.process.pid) if self.process is not None else None
        return ChildState(self.program.name, process, self.restarts)


class ServerChild(Child):
    """Keeps the embedded server running; while another process's server holds the lock, that one serves."""

    def __init__(self, program: Program, logs: Path, data_dir: Path) -> None:
        """Start nothing yet; `data_dir` is the folder whose lock the server holds."""
        super().__init__(program, logs)
        self._data_dir = data_dir

    def _start(self, descriptors: tuple[int, ...] = ()) -> subprocess.Popen[bytes] | None:
        """Start it with the lock in its hands; None while another one lives."""
        lock = embedded.take_lock(self._data_dir)
        if lock is None:
            return None
        try:
            return super()._start((*descriptors, lock))
        finally:
            os.close(lock)
