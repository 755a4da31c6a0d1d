"""Handlers' processes from the worker's side: one with its keeper, and those that are kept warm between runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from runners.engine.settings import SETTINGS

KEEPER = Path(__file__).with_name("keeper.py")
IDLE_SEC = 60.0
END_SEC = 3.0
SEND_SEC = 10.0
"""How long a process may take no frame before its worker gives it up."""


NEEDED = frozenset({"REDIS_URL", "REDIS_TLS_URL", "REDIS_PASSWORD", "SECRET_KEY", "AUDIT_KEYS"})
"""Secrets of the configuration without which `ctx.platform` could not reach the store, or change anything in it."""


class Child:
    """One process in which handlers run. `channel` carries frames, `out` and `err` what it prints, `status` its keeper's lines."""

    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair()
        self.status, tell = os.pipe()
        try:
            self.keeper = _start(tell, theirs.fileno())
        except OSError:
            self.channel.close()
            os.close(self.status)
            raise
        finally:
            theirs.close()
            os.close(tell)
        self.idle_since = 0.0
        self.out, self.err = _pipe(self.keeper.stdout), _pipe(self.keeper.stderr)
        os.set_blocking(self.status, False)
        self.channel.settimeout(SEND_SEC)

    def tell(self, line: str) -> None:
        """Say a line to the keeper, if it still listens."""
        with suppress(OSError, ValueError):
            os.write(_pipe(self.keeper.stdin), line.encode() + b"\n")

    def alive(self) -> bool:
        """Say whether neither it nor its keeper has said that it ended."""
        with suppress(BlockingIOError):
            os.read(self.status, 1)  # nothing is said unasked, but at the end
            return False
        return self.keeper.poll() is None

    def end(self) -> None:
        """End it and everything below it, at once, and let go of what belongs to it."""
        self.tell("kill")
        try:
            self.keeper.wait(END_SEC)
        except subprocess.TimeoutExpired:
            self.keeper.kill()
            self.keeper.wait()
        self.channel.close()
        os.close(self.status)
        for pipe in (self.keeper.stdin, self.keeper.stdout, self.keeper.stderr):
            assert pipe is not None, "all three were asked for"
            with suppress(OSError):
                pipe.close()


def _start(tell: int, theirs: int) -> subprocess.Popen[bytes]:
    unsafe = [] if {"", os.getcwd()} & set(sys.path) else ["-P"]  # it finds what this process finds, and no more
    program = [sys.executable, *unsafe, "-m", "runners.isolation.child", str(theirs)]
    return subprocess.Popen(  # its environment holds no secret but those that reach the store
        [sys.executable, "-I", "-S", str(KEEPER), str(tell), str(theirs), "--", *program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=environment(os.environ),
        pass_fds=(tell, theirs),
        start_new_session=True,
    )


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what handlers' processes see of the worker's environment: without the secrets that none of them needs."""
    kept_back = {variable.name for variable in SETTINGS if variable.secret} - NEEDED
    return {name: value for name, value in environ.items() if name not in kept_back}


def _pipe(stream: IO[bytes] | None) -> int:
    assert stream is not None, "all three were asked for"
    os.set_blocking(stream.fileno(), False)
    return stream.fileno()


class Nursery:
    """All handlers' processes of one worker: started on demand, kept for the next run, ended when nobody needs them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()

    def take(self) -> Child:
        """Return a living process that nobody uses, a new one if there is none. Raises OSError if none can be started."""
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            child = child or Child()
            if child.alive():
                with self._lock:
                    self._busy.add(child)
                return child
            child.end()

    def give_back(self, child: Child, most_idle: int) -> None:
        """Keep the process for the next run, or end it when `most_idle` wait already."""
        with self._lock:
            self._busy.discard(child)
            keep = len(self._idle) < most_idle
            if keep:
                child.idle_since = time.monotonic()
                self._idle.append(child)
        if not keep:
            child.end()

    def drop(self, child: Child) -> None:
        """End a process that is of no use any more."""
        child.end()
        with self._lock:
            self._busy.discard(child)

    def tend(self) -> None:
        """End processes that nobody has needed for a minute; waits for none of them longer than a moment."""
        now = time.monotonic()
        with self._lock:
            old = [child for child in self._idle if now - child.idle_since > IDLE_SEC]
            self._idle = [child for child in self._idle if child not in old]
        for child in old:
            child.end()

    def close(self) -> None:
        """End all by force, and wait for it; whoever follows a run here sees that it is over."""
        with self._lock:
            busy, idle, self._idle = list(self._busy), self._idle, []
        for child in busy:
            child.tell("kill")
        for child in idle:
            child.end()
        for child in busy:
            with suppress(subprocess.TimeoutExpired):
                child.keeper.wait(END_SEC)


NURSERY = Nursery()
"""This process's own; memory mode has one worker in it, a worker process is one."""


def most_idle(concurrency: int) -> int:
    """Return how many may wait for a next run."""
    return min(concurrency, 2 * (os.cpu_count() or 1))
