"""Calling tools of an MCP server: one session, which lives in a process of its own, as a try of the server does.

The process is told of the server by `mcp_use.asked_of`, and holds the SDK and whatever the server sends; what comes back here
is a bounded line of JSON. It ends with this process, and is ended by force when it outstays the time of a call.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from runners.engine import known_secrets
from runners.engine.deadline import Late, within
from runners.engine.integrations.mcp_trial import EXTRA, START_SEC
from runners.engine.log_line import Stream
from runners.engine.programs.allowed import Folder, environment
from runners.engine.programs.dialogue import Dialogue, Gone

SESSION = Path(__file__).parents[2] / "mcp" / "session.py"
SPARE_SEC = 3.0
"""How much longer than a call the process may be silent before it is ended by force."""
Check = Callable[[], None]
Tell = Callable[[Stream, str], None]


class CallOutcome(StrEnum):
    """How a call ended: ok; tool_error, as the tool says itself; refused, so nothing was called; failed, whatever it did."""

    OK = "ok"
    TOOL_ERROR = "tool_error"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class McpTool:
    """A tool as the server told it. `schema` is the JSON schema of its arguments; `fingerprint` changes with any of it.

    `repeats` is what the server says: that a call changes nothing, or nothing more when it is made again.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    fingerprint: str
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call, in words; `cut` counts the bytes of the answer that are left out."""

    outcome: CallOutcome
    text: str
    cut: int = 0


class NoSession(Exception):
    """The server cannot be talked to; it says why."""


class McpSession:
    """A session with one server, begun by the constructor and ended by `close`; `broken` when it can take no more calls."""

    def __init__(self, asked: Mapping[str, Any], folder: Folder, check: Check, tell: Tell) -> None:
        """Connect and list the tools. `check` is called several times a second, and may raise; `tell` gets what the program
        of the server says on stderr, line by line.

        Raises NoSession and what `check` raises; `folder` is closed either way.
        """
        self.broken = True
        self._process: Dialogue | None = None
        self._check = check
        self._timeout_sec: float = asked["timeout_sec"]
        try:
            self._process = Dialogue(
                [sys.executable, "-I", str(SESSION)], folder.descriptor, environment(folder.path), tell
            )
        except OSError as error:
            raise NoSession(f"no process could be started for it: {error.strerror}") from error
        finally:
            folder.close()
        try:
            self.tools, self.more = self._opened(json.dumps(dict(asked)))
        except BaseException:
            self.close()
            raise
        self.broken = False

    def call(self, tool: McpTool, arguments: Mapping[str, Any], timeout_sec: float) -> Answer:
        """Call a tool of `tools`, as it was told. Raises what `check` raises, and then the session is broken."""
        timeout_sec = min(timeout_sec, self._timeout_sec)
        request = {"tool": tool.name, "arguments": dict(arguments), "fingerprint": tool.fingerprint}
        was, self.broken = self.broken, True
        if was:
            return Answer(CallOutcome.REFUSED, "the session with the server has ended")
        try:
            said = self._asked(json.dumps(request | {"timeout_sec": timeout_sec}), timeout_sec + SPARE_SEC)
        except Late:
            return Answer(CallOutcome.TIMEOUT, f"no answer within {timeout_sec:g} s, and it had to be ended by force")
        except Gone as fault:
            return Answer(CallOutcome.FAILED, known_secrets.hidden(f"the process that talks to it failed: {fault}"))
        outcome = _outcome(said["outcome"])
        self.broken = outcome is CallOutcome.FAILED
        return Answer(outcome, known_secrets.hidden(said["text"]), said.get("cut", 0))

    def close(self) -> None:
        """End the process with the server's program and all that it started; a second time does nothing."""
        self.broken = True
        process, self._process = self._process, None
        if process:
            process.end()

    def _opened(self, asked: str) -> tuple[tuple[McpTool, ...], int]:
        try:
            said = self._asked(asked, self._timeout_sec + START_SEC)
        except Late:
            raise NoSession("no answer, and it had to be ended by force") from None
        except Gone as fault:
            raise NoSession(known_secrets.hidden(f"the process that talks to it failed: {fault}")) from None
        if said["outcome"] == "not_installed":
            raise NoSession(f"the MCP SDK is not installed here ({said['text']}); run: {EXTRA}")
        if said["outcome"] != "ok":
            raise NoSession(known_secrets.hidden(said["text"]))
        redactor = known_secrets.KNOWN.redactor
        return tuple(McpTool(**redactor.value(row)) for row in said["tools"]), said["more"]

    def _asked(self, line: str, seconds: float) -> dict[str, Any]:
        in_time = within(seconds)

        def check() -> None:
            self._check()
            in_time()

        assert self._process is not None
        said: dict[str, Any] = json.loads(self._process.ask(line, check))
        return said


def _outcome(word: str) -> CallOutcome:
    return CallOutcome(word) if word in set(CallOutcome) else CallOutcome.FAILED
