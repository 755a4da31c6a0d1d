"""Reading the journal of an agent's run."""

from __future__ import annotations

from typing import Any

from runners.engine.agents.step import Step, Talk
from runners.engine.store.connection import Store


def load_steps(store: Store, run_id: str) -> list[Step]:
    """Return the steps in their order; one whose record cannot be read is left out."""
    kept: Any = store.redis.hgetall(store.keys.steps(run_id))
    found = []
    for text in kept.values():
        try:
            found.append(Step.from_store(text))
        except (KeyError, TypeError, ValueError):
            continue
    return sorted(found, key=lambda step: step.number)


def load_journal(store: Store, run_id: str) -> list[tuple[Step, Talk]]:
    """Return the steps with what was said, to go on with. Raises KeyError, TypeError or ValueError when any is broken."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.hgetall(store.keys.steps(run_id))
    pipeline.hgetall(store.keys.talk(run_id))
    steps, talks = pipeline.execute()
    found = [(Step.from_store(text), Talk.from_store(talks[number])) for number, text in steps.items()]
    return sorted(found, key=lambda row: row[0].number)
