"""Trying an MCP server: what is handed to the process that does it, what comes back, and the time and room that it gets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from runners.engine import known_secrets
from runners.engine.deadline import Late, within
from runners.engine.programs import running
from runners.engine.programs.allowed import Folder, environment
from runners.engine.secret_names import STARS

PROBE = Path(__file__).parents[2] / "mcp" / "probe.py"
START_SEC = 15.0
"""How long the process may take beyond the server's own time: to load the SDK on a busy machine, and to clear up."""
EXTRA = "pip install '.[mcp]'"


class TrialOutcome(StrEnum):
    """How a try ended."""

    OK = "ok"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    ENDED = "ended"
    TOO_MUCH = "too_much"
    NOT_INSTALLED = "not_installed"


@dataclass(frozen=True, slots=True)
class Trial:
    """How a try went, in words for everybody; `tools` are pairs of name and description, `more` counts those left out.

    `server` is what the server calls itself, `protocol` the version that was agreed on; both '' without an answer.
    """

    outcome: TrialOutcome
    detail: str
    tools: tuple[tuple[str, str], ...] = ()
    more: int = 0
    server: str = ""
    protocol: str = ""
    elapsed_ms: int = 0

    def content(self) -> dict[str, Any]:
        """Return it as JSON has it; `read` makes it again."""
        return asdict(self)

    def without(self, secrets: Collection[str]) -> Trial:
        """Return it without `secrets`, and without any that this process knows in other spellings: careless servers tell them."""

        def clean(text: str) -> str:
            return known_secrets.hidden(hidden(text, secrets))

        tools = tuple((clean(name), clean(about)) for name, about in self.tools)
        return replace(self, detail=clean(self.detail), tools=tools, server=clean(self.server))

    @staticmethod
    def read(content: Mapping[str, Any]) -> Trial:
        """Return the trial that `content` is. Raises KeyError, TypeError or ValueError on anything else."""
        tools = tuple((str(name), str(description)) for name, description in content.get("tools", ()))
        rest = {name: content[name] for name in ("more", "server", "protocol", "elapsed_ms") if name in content}
        return Trial(TrialOutcome(content["outcome"]), str(content["detail"]), tools, **rest)


def hidden(text: str, secrets: Collection[str]) -> str:
    """Return `text` with every one of `secrets` starred, the shortest too, as they are spelled."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, STARS)
    return text


def run_trial(asked: Mapping[str, Any], folder: Folder) -> Trial:
    """Try the server that `asked` describes, in `folder`, in a process of its own with an empty environment.

    `asked` has `timeout_sec`, `secrets` (which no answer may tell), and either `argv` (its first element an allowed
    program's path) and `env`, or `url`, `headers`, `allow_private` and `own_port`. Whatever the process does, it is ended
    with all that it started.
    """
    began = time.monotonic()
    try:
        ended = running.run(
            [sys.executable, "-I", str(PROBE)],
            folder=folder.descriptor,
            environment=environment(folder.path),
            stdin=json.dumps(asked),
            check=within(asked["timeout_sec"] + START_SEC),
            tell=lambda *_: None,
        )
    except Late:
        elapsed_ms = round((time.monotonic() - began) * 1000)
        return Trial(TrialOutcome.TIMEOUT, "no answer, and it had to be ended by force", elapsed_ms=elapsed_ms)
    finally:
        folder.close()
    return _trial(ended)


def _trial(ended: running.Ended) -> Trial:
    try:
        said = Trial.read(json.loads(ended.stdout.text))
    except (KeyError, TypeError, ValueError):
        how = f"signal {-ended.status}" if ended.status < 0 else f"exit status {ended.status}"
        return Trial(TrialOutcome.ENDED, f"the process that tried it ended with {how}: {ended.stderr.last_line[:300]}")
    if said.outcome is TrialOutcome.NOT_INSTALLED:
        return Trial(said.outcome, f"the MCP SDK is not installed here ({said.detail}); run: {EXTRA}")
    return said
