"""What agents remember, as JSON: totals, how it went lately, and what they failed by, with what is left of its weight."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from runners.engine.agents.memory import Execution, Memory
from runners.engine.agents.signatures import Signature
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none

USERS_SHOWN = 20


class MemoryInShortRow(Shape):
    """How often an agent's runs ended, and how; `last_at` is when one did last."""

    agent_key: str
    executions: int
    successes: int
    failures: int
    last_at: Stamp | None


class EndedRow(Shape):
    """One attempt that ended: what it said at its end, or what it failed by; `job_id` is null where an older version kept it."""

    run_id: str
    job_id: str | None
    attempt: int
    at: Stamp
    text: str


class SignatureRow(Shape):
    """A line that failures share, and how often it came. `weight` is what is left of it now: it halves with every week and success.

    `jobs` are the last five jobs that failed by it, the latest first: the model is told them with the line.
    """

    line: str
    count: int
    weight: float
    first_at: Stamp
    last_at: Stamp
    jobs: list[str]


class AgentMemoryRow(MemoryInShortRow):
    """All that is remembered under one key: sums since `first_at`, the last ten ends of each kind, failures by their weight.

    `jobs` are those that use it now, the first 20 by their ids; `job_count` is how many do.
    """

    jobs: list[str]
    job_count: int
    steps: int
    tokens: int
    cost: float
    first_at: Stamp | None
    recent_successes: list[EndedRow]
    recent_failures: list[EndedRow]
    signatures: list[SignatureRow]


class ForgottenRow(Shape):
    """What was forgotten: one failure signature, or everything where `signature` is null."""

    agent_key: str
    signature: str | None
    status: Literal["forgotten"]


def memory_in_short_row(memory: Memory) -> MemoryInShortRow:
    """Return the sums of a memory for the wire."""
    return {
        "agent_key": memory.agent_key,
        "executions": memory.executions,
        "successes": memory.successes,
        "failures": memory.failures,
        "last_at": stamp_or_none(memory.last_at),
    }


def agent_memory_row(memory: Memory, users: Sequence[str], now: datetime) -> AgentMemoryRow:
    """Return a memory for the wire, as it is `now`; `users` are the jobs that use it."""
    return {
        **memory_in_short_row(memory),
        "jobs": list(users[:USERS_SHOWN]),
        "job_count": len(users),
        "steps": memory.steps,
        "tokens": memory.tokens,
        "cost": round(memory.cost, 6),
        "first_at": stamp_or_none(memory.first_at),
        "recent_successes": [_ended_row(one) for one in memory.recent_successes],
        "recent_failures": [_ended_row(one) for one in memory.recent_failures],
        "signatures": [_signature_row(one, now) for one in memory.signatures],
    }


def _ended_row(one: Execution) -> EndedRow:
    return {
        "run_id": one.run_id,
        "job_id": one.job_id or None,
        "attempt": one.attempt,
        "at": stamp(one.at),
        "text": one.text,
    }


def _signature_row(one: Signature, now: datetime) -> SignatureRow:
    return {
        "line": one.line,
        "count": one.count,
        "weight": round(one.weight_at(now), 3),
        "first_at": stamp(one.first_at),
        "last_at": stamp(one.last_at),
        "jobs": list(one.jobs),
    }
