"""What a run in a process of its own came to: its output, or the exception that says why there is none. Pure."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from runners.engine.ask import Ask
from runners.engine.handler import ApprovalNeeded, HandlerFailed, Interrupted, TimedOut
from runners.execution import GivenBack, LeaseLost
from runners.isolation.frames import Frame
from runners.output import Cut


class Crashed(Exception):
    """The handler's process ended before it had given a result, or said what no handler says."""


class BadInputs(Exception):
    """The handler's inputs model refuses what the run carries: another version may have saved it."""


class BadOutput(Exception):
    """The handler gave back what JSON cannot hold."""


class Raised(Exception):
    """The handler raised something in its process; the text is what it raised, in a line."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the process's part ended.

    `said` is the handler's last frame, None if there was none. `died` is the keeper's last line ('ended WAITSTATUS WHY'),
    '' while the process lives. `fault` is why this side had it killed, and `told` why the run was told to stop.
    """

    said: Frame | None = None
    died: str = ""
    fault: str = ""
    told: type[Interrupted] | None = None

    def output(self) -> object:
        """Return the handler's output; raises an Interrupted, HandlerFailed or one of the exceptions above."""
        if self.said is not None:
            return self._answer(self.said)
        if self.fault:
            raise Crashed(self.fault)
        _, status, why = self.died.split()
        if why == "lease":
            raise LeaseLost()
        if self.told:
            raise self.told()
        if why == "killed":
            raise GivenBack()
        raise Crashed(crash(int(status)))

    def _answer(self, said: Frame) -> object:
        error = str(said.get("error", ""))
        match said.get("how"):
            case "success":
                return Cut(said["output"]) if said["truncated"] else said["output"]
            case "asked":
                raise ApprovalNeeded(Ask.from_json(said["ask"]))
            case "interrupted" if self.told:
                raise self.told()
            case "interrupted" if error == TimedOut.__name__:
                raise TimedOut()
            case "interrupted":
                raise Crashed(crash(signal.SIGTERM))
            case "failed":
                raise HandlerFailed(error, final=said.get("final") is True)
            case "bad_inputs":
                raise BadInputs(error)
            case "bad_output":
                raise BadOutput(error)
        raise Raised(error)


def crash(status: int) -> str:
    """Return in words how a process ended that gave no result; `status` is its wait status."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        hint = "; out of memory, perhaps" if number == signal.SIGKILL else ""
        return f"its process ended by signal {number} ({signal.strsignal(number)}){hint}"
    return f"its process ended with exit status {os.waitstatus_to_exitcode(status)} and gave no result"
