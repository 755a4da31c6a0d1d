"""Keeps one program and everything that it starts; a script of its own, importing nothing of ours, so that it starts soon.

    python -I -S keeper.py STATUS INHERITED -- PROGRAM ARGUMENTS…

It stands between a worker and a process that may do anything: it is the reaper of every orphan below it, runs nothing
but this, and is told lines on stdin: `term`, `kill`, `sweep` (end all but the program itself, and say how many those
were), `lease T` (kill all at the monotonic time T unless told another one). It kills all when stdin ends: the worker is
gone, however it went. Lines on the descriptor STATUS: `swept N`, and last `ended WAITSTATUS WHY`, where WHY is own,
killed, lease or left.
"""

from __future__ import annotations

import ctypes
import math
import os
import select
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36
PR_SET_DUMPABLE = 4
LINUX = sys.platform == "linux"
PATIENCE_SEC = 2.0
"""Longest wait for killed processes to be gone: one that the kernel holds in a call of its own goes later."""


class Keeper:
    """The program `pid`, which leads a session of its own; `status` is its wait status once it has ended."""

    def __init__(self, pid: int, tell: int) -> None:
        self.pid = pid
        self.tell = tell
        self.status: int | None = None
        self.lease_ends_at = math.inf
        self.why = "own"
        self._rest = b""

    def keep(self, wake: int) -> None:
        """Follow the program to its end, then end whatever it left behind, and say how it ended."""
        while self.status is None and self.why == "own":
            patience = self.lease_ends_at - time.monotonic()
            ready, _, _ = select.select([0, wake], [], [], None if math.isinf(patience) else max(0.0, patience))
            if time.monotonic() >= self.lease_ends_at:
                self.why = "lease"
            if wake in ready:
                os.read(wake, 4096)
            if 0 in ready:
                self._listen()
            self._reap()
        self._end_all()
        status = self.status if self.status is not None else signal.SIGKILL
        self._say(f"ended {status} {self.why}")

    def _listen(self) -> None:
        part = os.read(0, 4096)
        if not part:
            self.why = "left"
            return
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            word, _, value = line.decode().partition(" ")
            if word == "term":
                send(signal.SIGTERM, descendants(os.getpid()))
            elif word == "kill":
                self.why = "killed"
            elif word == "lease":
                self.lease_ends_at = float(value)
            elif word == "sweep":
                self._say(f"swept {self._end({self.pid})}")

    def _reap(self) -> None:
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self.pid:
                    self.status = status
        except ChildProcessError:
            return

    def _end_all(self) -> None:
        self._end(set())
        if not LINUX:
            send(signal.SIGKILL, [-self.pid])
        self._reap()

    def _end(self, spared: set[int]) -> int:
        """End all descendants but these; returns how many.

        They are stopped first, so that none escapes by starting others meanwhile; then killed, until none is left.
        """
        over_at, ended = time.monotonic() + PATIENCE_SEC, set[int]()
        while (found := [pid for pid in descendants(os.getpid()) if pid not in spared]) and time.monotonic() < over_at:
            stopped: set[int] = set()
            while fresh := set(found) - stopped:
                send(signal.SIGSTOP, fresh)
                stopped |= fresh
                found = [pid for pid in descendants(os.getpid()) if pid not in spared]
            send(signal.SIGKILL, stopped)
            ended |= stopped
            time.sleep(0.002)
            self._reap()
        return len(ended)

    def _say(self, line: str) -> None:
        try:
            os.write(self.tell, line.encode() + b"\n")
        except OSError:
            return  # nobody listens any more


def descendants(root: int) -> list[int]:
    """Return the living processes below `root`, as /proc shows them; nothing where there is no /proc."""
    children: dict[int, list[tuple[int, str]]] = {}
    for name in os.listdir("/proc") if LINUX else []:
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b")")[2].split(None, 2)[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(int(parent), []).append((int(name), state.decode()))
    found, look = [], [root]
    while look:
        below = [child for parent in look for child in children.get(parent, ())]
        found += [pid for pid, state in below if state not in "ZX"]
        look = [pid for pid, _ in below]
    return found


def send(number: signal.Signals, pids: list[int] | set[int]) -> None:
    """Send the signal to each of them that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def start(argv: list[str], inherited: int) -> int:
    """Start the program in a session of its own; it dies with the keeper, and reads from nowhere. Returns its pid."""
    prctl = ctypes.CDLL(None).prctl if LINUX else lambda *_: 0
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_DUMPABLE, 0)  # no program of this user reads what it holds (`unseen.py`)
    keeper, nothing = os.getpid(), os.open(os.devnull, os.O_RDWR)
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.dup2(nothing, 0)
            if os.getppid() == keeper:
                os.execv(argv[0], argv)
        finally:
            os._exit(127)
    os.close(inherited)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    return pid


def main(status: int, inherited: int, argv: list[str]) -> None:
    """Start the program and keep it. Signals are for the program: the keeper goes when its worker says so."""
    wake, awake = os.pipe()
    os.set_blocking(awake, False)
    os.set_blocking(wake, False)
    os.set_inheritable(status, False)
    signal.set_wakeup_fd(awake, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    Keeper(start(argv, inherited), status).keep(wake)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:])
