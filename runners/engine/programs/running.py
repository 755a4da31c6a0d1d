"""Runs one program in a process group of its own, keeps a bounded part of what it prints, and leaves nothing behind.

The program dies with this process (Linux), at the end of its time, and when it is cancelled: SIGTERM to the whole group,
SIGKILL one second later. When the program ends, whatever it left running in its group is killed, so that a grandchild that
holds the pipe open holds up nobody. A grandchild that starts a session of its own is ended by the keeper of this process
(`runners.isolation`).
"""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from runners.engine.log_line import Stream

STDOUT_KEPT = 40 * 1024  # both together stay under the 64 KiB of JSON that a run's output may have
STDERR_KEPT = 16 * 1024
PART_BYTES = 64 * 1024
TAIL_BYTES = 1024
POLL_SEC = 0.05
GRACE_SEC = 1.0
LINGER_SEC = 0.5
LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(slots=True)
class Capture:
    """The first `limit` bytes that a stream brought, and how many there were in all; all of it is told as text."""

    limit: int
    tell: Callable[[str], None]
    kept: bytearray = field(default_factory=bytearray)
    tail: bytes = b""
    total: int = 0
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def __post_init__(self) -> None:
        self._decoder.errors = "replace"

    def add(self, part: bytes) -> None:
        """Take the next part, b'' at the end; past the limit it is only counted."""
        self.tell(self._decoder.decode(part, not part))
        self.kept += part[: self.limit - len(self.kept)]
        self.tail = (self.tail + part)[-TAIL_BYTES:]
        self.total += len(part)

    @property
    def text(self) -> str:
        """What was kept, as text."""
        return self.kept.decode("utf-8", "replace")

    @property
    def last_line(self) -> str:
        """The last line that is not blank, or ''."""
        lines = self.tail.decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit status (minus the signal's number when a signal ended it) and its output."""

    status: int
    stdout: Capture
    stderr: Capture


def run(
    argv: Sequence[str],
    *,
    folder: int,
    environment: Mapping[str, str],
    stdin: str | None,
    check: Callable[[], None],
    tell: Callable[[Stream, str], None],
) -> Ended:
    """Run `argv` (its first element an absolute path) in the directory that the descriptor `folder` names.

    `check` is called several times a second; when it raises, the whole group is ended first. `tell` gets all that the
    program prints, as it comes. Raises OSError when the program cannot be started.
    """
    captures = (Capture(STDOUT_KEPT, partial(tell, "stdout")), Capture(STDERR_KEPT, partial(tell, "stderr")))
    # the selector first: leaving the block waits for the program, which nobody would end if there were none
    with selectors.DefaultSelector() as pipes, _started(argv, folder, environment, stdin or "") as process:
        try:
            for stream, capture in zip((process.stdout, process.stderr), captures, strict=True):
                pipes.register(unblocked(stream), selectors.EVENT_READ, capture)
            _follow(process, pipes, check)
        finally:
            end_group(process, pipes)
    return Ended(process.returncode, *captures)


def launched(argv: Sequence[str], folder: int, environment: Mapping[str, str]) -> list[str]:
    """Return the arguments that start `argv` in `folder`, to die with this process and to have `environment` alone."""
    start = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(folder), ",".join(environment)]
    return [*start, *argv]


def _started(argv: Sequence[str], folder: int, environment: Mapping[str, str], stdin: str) -> subprocess.Popen[bytes]:
    with _unnamed_file() as text:
        text.write(stdin.encode())
        text.seek(0)
        return subprocess.Popen(
            launched(argv, folder, environment),
            stdin=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            pass_fds=(folder,),
            start_new_session=True,
        )


def _unnamed_file() -> IO[bytes]:
    """Return a file that a program can read to its end; in memory where that can be, as there may be secrets in it."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("stdin"), "w+b")
    return tempfile.TemporaryFile()


def unblocked(stream: IO[bytes] | None) -> int:
    """Return the descriptor of a pipe, from which (or to which) nothing waits from now on."""
    assert stream is not None, "its pipes were asked for"
    os.set_blocking(stream.fileno(), False)
    return stream.fileno()


def _follow(process: subprocess.Popen[bytes], pipes: selectors.BaseSelector, check: Callable[[], None]) -> None:
    while not _ended(process):
        check()
        _read(pipes)


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Look without reaping: while the zombie is there, its group's number cannot be given to anyone else."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _read(pipes: selectors.BaseSelector) -> None:
    """Take what the pipes have, waiting a moment for it."""
    for key, _ in pipes.select(POLL_SEC):
        with suppress(BlockingIOError):
            part = os.read(key.fd, PART_BYTES)
            key.data.add(part)
            if not part:
                pipes.unregister(key.fd)


def end_group(process: subprocess.Popen[bytes], pipes: selectors.BaseSelector) -> None:
    """End the group, politely first if the program still runs; take what is left in the pipes."""
    if not _ended(process):
        _signal(process, signal.SIGTERM)
        _read_until(pipes, GRACE_SEC, lambda: _ended(process))
    else:
        _read_until(pipes, LINGER_SEC, lambda: not pipes.get_map())
    _signal(process, signal.SIGKILL)
    process.wait()


def _read_until(pipes: selectors.BaseSelector, seconds: float, done: Callable[[], bool]) -> None:
    ends = time.monotonic() + seconds
    while not done() and time.monotonic() < ends:
        _read(pipes)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
