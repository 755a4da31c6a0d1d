"""What a run has used so far, by its journal, and which of its limits that reaches. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runners.agents.inputs import Limits
from runners.engine.agents.step import Step
from runners.models.endpoint import Price

NO_ACTS = frozenset({"plan", "answer", "finish"})
"""Steps that change nothing outside of the run: they cost time and tokens, and count as no step of the limit."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Steps that acted, seconds at work, tokens and cost; `cost` is 0 where no price is stated."""

    steps: int = 0
    seconds: float = 0.0
    tokens: int = 0
    cost: float = 0.0

    @staticmethod
    def of(steps: Iterable[Step]) -> Spent:
        """Return what these steps used together."""
        found = list(steps)
        return Spent(
            sum(step.tool not in NO_ACTS for step in found),
            sum(step.took_ms for step in found) / 1000,
            sum(step.tokens_in + step.tokens_out for step in found),
            sum(step.cost or 0 for step in found),
        )

    def reached(self, limits: Limits) -> str | None:
        """Return in a sentence which limit is reached, the first of them, by its name; None when there is room."""
        pairs = (("steps", self.steps), ("seconds", self.seconds), ("tokens", self.tokens), ("cost", self.cost))
        for name, used in pairs:
            most = getattr(limits, name)
            if most is not None and used >= most:
                return f"limit '{name}' is reached: {used:g} of {most:g} are used"
        return None


def cost_of(price: Price | None, tokens_in: int, tokens_out: int) -> float | None:
    """Return what a turn cost; None when no price is stated."""
    if price is None:
        return None
    return (tokens_in * price.input + tokens_out * price.output) / 1_000_000
