"""A part of a run that another handler does, in a process of its own: for a handler that is itself a thread of the worker.

The process has the run's time, lease, cancel and log; what it asks of people it may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from runners.engine.handler import ApprovalNeeded, Context, HandlerFailed
from runners.engine.integrations.spending import Spending
from runners.execution import Execution
from runners.isolation.carrying import run_apart
from runners.isolation.ends import BadInputs, BadOutput, Crashed, Raised


class Errand:
    """Looks like the execution that it is a part of, but for its inputs, which hold no secret, and its own clock."""

    def __init__(self, execution: Execution, inputs: Mapping[str, Any]) -> None:
        self._execution = execution
        self.inputs = dict(inputs)
        self.spending = Spending()
        self.traceback: str | None = ""

    def __getattr__(self, name: str) -> Any:
        """Return what the execution has by that name."""
        return getattr(self._execution, name)

    def begin(self) -> None:
        """Go on with the execution's clock. Raises what the execution was told to stop for."""
        self._execution.check()


def run_errand(ctx: Context, type: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Run a handler of this process's catalog apart and return its output. Raises HandlerFailed, and what ends the run."""
    execution = cast(Execution, ctx)
    errand = cast(Execution, Errand(execution, inputs))
    try:
        output = run_apart(errand, execution.platform.catalog.get(type))
    except (BadInputs, BadOutput, Crashed, Raised) as fault:
        raise HandlerFailed(str(fault)) from None
    except ApprovalNeeded as asked:
        raise HandlerFailed(f"it asks for approval, which it may not here: {asked}") from None
    return output if isinstance(output, dict) else {"output": output}
