"""The steps of agents' runs as JSON."""

from __future__ import annotations

from runners.engine.agents.step import Step, StepOutcome
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class StepRow(Shape):
    """One step. `tool` is `plan`, `answer` (one that called nothing), `finish`, or what acted; `why` is in the model's words.

    `outcome`: `begun` while it acts, `waiting` for people, `done`, `failed`, `refused` (it was not granted what it lacked), or
    `unknown` (begun, and nobody knows whether it was done). `preview` is the beginning of what came of it, secrets hidden.
    """

    number: int
    attempt: int
    tool: str
    what: str
    why: str
    outcome: StepOutcome
    begun_at: Stamp
    ended_at: Stamp | None
    took_ms: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    starts: int
    preview: str


def step_row(step: Step) -> StepRow:
    """Return the step for the wire."""
    return {
        "number": step.number,
        "attempt": step.attempt,
        "tool": step.tool,
        "what": step.what,
        "why": step.why,
        "outcome": step.outcome,
        "begun_at": stamp(step.begun_at),
        "ended_at": stamp_or_none(step.ended_at),
        "took_ms": step.took_ms,
        "tokens_in": step.tokens_in,
        "tokens_out": step.tokens_out,
        "cost": step.cost,
        "starts": step.starts,
        "preview": step.preview,
    }
