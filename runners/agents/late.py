"""What agents' runs came to whose handler could not say so: their worker died, they were stopped by force, or never started.

The script that ends such an attempt puts a mark down; upkeep turns each mark into one execution of the agent's memory, together
with which it goes. Any number may do so, and die while they do.
"""

from __future__ import annotations

import structlog

from runners.agents.spent import Spent
from runners.engine.agents.memory import Ended, key_of
from runners.engine.errors import Unreadable
from runners.engine.protocol import agents
from runners.engine.run import Run
from runners.engine.store.agent_memories import load_memory
from runners.engine.store.connection import Store
from runners.engine.store.runs import load_run
from runners.engine.store.steps import load_steps
from runners.engine.store.unremembered import Mark, drop, oldest

LOG = structlog.get_logger("runners.agents")
AT_ONCE = 200
TRIES = 5
CANCELLED = "somebody cancelled it"


def remember_late(store: Store) -> int:
    """Remember what the oldest marks stand for, and return how many there were. Raises redis.RedisError."""
    marks = oldest(store, AT_ONCE)
    for text in marks:
        try:
            _remember(store, text)
        except (Unreadable, KeyError, ValueError) as fault:
            LOG.warning("agent.not_remembered", attempt=text, fault=str(fault))
            drop(store, text)
    return len(marks)


def _remember(store: Store, text: str) -> None:
    """Raises Unreadable, KeyError or ValueError where its run or its memory is broken; a run that is gone is nothing to remember."""
    mark = Mark.read(text)
    run = load_run(store, mark.run_id)
    if run is None:
        drop(store, text)
        return
    key, ended = key_of(run.inputs.get("agent_key"), run.job_id), _ended(store, mark, run)
    for _ in range(TRIES):
        before = load_memory(store, key)
        if before.knows(mark.run_id, mark.attempt):
            drop(store, text)
            return
        if agents.remember_late(store, mark, run.job_id, before, ended) != "changed":
            return


def _ended(store: Store, mark: Mark, run: Run) -> Ended:
    spent = Spent.of(step for step in load_steps(store, run.run_id) if step.attempt == mark.attempt)
    last = next((one for one in reversed(run.attempts) if one.attempt == mark.attempt), None)
    at = (last and last.finished_at) or run.finished_at or store.now()
    text = _text(mark, run, last.error if last else None)
    sums = (spent.steps, spent.tokens, spent.cost)
    return Ended(run.job_id, run.run_id, mark.attempt, at, text, mark.failure, *sums)


def _text(mark: Mark, run: Run, error: str | None) -> str:
    """Return what is said of it: its error, or the summary of a success."""
    if mark.how == "cancelled":
        return CANCELLED
    if mark.how == "success":
        output = (run.result or {}).get("output")
        return str(output.get("summary", "")) if isinstance(output, dict) else ""
    return error or run.error or mark.how
