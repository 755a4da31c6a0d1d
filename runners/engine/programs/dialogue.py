"""A program that is asked one line after another, each of which it answers by one line.

It runs as `running.run` has it: in a process group of its own that dies with this process, and is ended with all that it
left in the group.
"""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from runners.engine.log_line import Stream
from runners.engine.programs.running import PART_BYTES, POLL_SEC, Capture, end_group, launched, unblocked

LONGEST_ANSWER = 1024 * 1024
STDERR_KEPT = 16 * 1024


class Gone(Exception):
    """The program has ended, or answered more than a line may hold; it says which, with the program's last words."""


class Dialogue:
    """One running program; whoever starts it calls `end`. For one thread at a time."""

    def __init__(
        self, argv: Sequence[str], folder: int, environment: Mapping[str, str], tell: Callable[[Stream, str], None]
    ) -> None:
        """Start `argv` (its first element an absolute path) in the directory `folder`; `tell` gets what it says on stderr.

        Raises OSError when it cannot be started.
        """
        self._pipes = (
            selectors.DefaultSelector()
        )  # first: a program that is started and not followed is ended by nobody
        self._process = subprocess.Popen(
            launched(argv, folder, environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            pass_fds=(folder,),
            start_new_session=True,
        )
        self._said = Capture(STDERR_KEPT, partial(tell, "stderr"))
        self._answer = bytearray()
        self._out = unblocked(self._process.stdout)
        self._pipes.register(self._out, selectors.EVENT_READ)
        self._pipes.register(unblocked(self._process.stderr), selectors.EVENT_READ, self._said)
        unblocked(self._process.stdin)

    def ask(self, line: str, check: Callable[[], None]) -> str:
        """Send `line` and return the line that answers it; '' only listens. `check` is called several times a second.

        Raises Gone, and what `check` raises: then the answer may still come, and the program is of no more use.
        """
        self._send(line.encode() + b"\n" if line else b"", check)
        while b"\n" not in self._answer:
            check()
            self._listen()
        answer, _, self._answer = self._answer.partition(b"\n")
        return answer.decode("utf-8", "replace")

    def end(self) -> None:
        """End the program and its group, politely first."""
        self._pipes.unregister(self._out)  # a last answer is for nobody
        with self._process, self._pipes:
            end_group(self._process, self._pipes)

    def _send(self, text: bytes, check: Callable[[], None]) -> None:
        assert self._process.stdin is not None
        while text:
            check()
            try:
                text = text[os.write(self._process.stdin.fileno(), text[:PART_BYTES]) :]
            except BlockingIOError:
                self._listen()
            except BrokenPipeError:
                return  # it may have answered before it went

    def _listen(self) -> None:
        """Take what the program says, waiting a moment for it."""
        for key, _ in self._pipes.select(POLL_SEC):
            with suppress(BlockingIOError):
                part = os.read(key.fd, PART_BYTES)
                if key.data:
                    self._hear(key.fd, part)
                else:
                    self._take(part)

    def _hear(self, pipe: int, part: bytes) -> None:
        self._said.add(part)
        if not part:
            self._pipes.unregister(pipe)

    def _take(self, part: bytes) -> None:
        self._answer += part
        if not part:
            raise Gone(f"it ended: {self._said.last_line}" if self._said.last_line else "it ended")
        if len(self._answer) > LONGEST_ANSWER:
            raise Gone(f"it answered more than {LONGEST_ANSWER} bytes")
