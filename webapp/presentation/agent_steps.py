"""The steps of an agent's run for its page: each with the word and the shape of how it went, and what they used together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runners.engine.agents.step import Step, StepOutcome

SHOWN = {
    StepOutcome.BEGUN: ("working", "running"),
    StepOutcome.WAITING: ("waiting", "waiting"),
    StepOutcome.DONE: ("done", "success"),
    StepOutcome.FAILED: ("failed", "failed"),
    StepOutcome.REFUSED: ("refused", "skipped"),
    StepOutcome.UNKNOWN: ("unknown", "lost"),
}
"""Of each outcome its word and its shape."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with its word and its shape."""

    step: Step
    word: str
    shape: str


@dataclass(frozen=True, slots=True)
class ShownSteps:
    """All of them; `cost` is None where no price is stated."""

    rows: tuple[ShownStep, ...]
    tokens: int
    cost: float | None


def shown_steps(steps: Sequence[Step], *, active: bool) -> ShownSteps:
    """Return the steps; one that was begun in a run that has ended is one of which nobody knows the end."""
    rows = []
    for step in steps:
        lost = step.outcome is StepOutcome.BEGUN and not active
        word, shape = SHOWN[StepOutcome.UNKNOWN if lost else step.outcome]
        rows.append(ShownStep(step, word, shape))
    costs = [step.cost for step in steps if step.cost is not None]
    tokens = sum(step.tokens_in + step.tokens_out for step in steps)
    return ShownSteps(tuple(rows), tokens, sum(costs) if costs else None)
