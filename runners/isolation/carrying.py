"""Carrying a run out in a handler's process: a warm one is taken, and kept for the next run if this one left it clean."""

from __future__ import annotations

from runners.engine.handler import Handler
from runners.execution import Execution
from runners.isolation.conversation import Conversation
from runners.isolation.ends import Crashed
from runners.isolation.warm import NURSERY, most_idle


def run_apart(execution: Execution, handler: Handler) -> object:
    """Run the handler in a process of its own and return its output; its traceback goes to `execution.traceback`.

    Raises as `Ending.output` does, and what `execution.begin` raises.
    """
    execution.traceback = ""
    try:
        child = NURSERY.take()
    except OSError as error:
        raise Crashed(f"no process could be started for it: {error}") from error
    conversation, clean = Conversation(child, execution), False
    try:
        ending = conversation.hold(handler)
        clean = conversation.left_clean
    finally:
        if clean:
            NURSERY.give_back(child, most_idle(execution.settings.worker_concurrency))
        else:
            NURSERY.drop(child)
    execution.traceback = str((ending.said or {}).get("traceback", ""))
    return ending.output()
