"""What an agent remembers from run to run: how often and how it went, and what it failed by, which fades. Pure.

Each attempt of a run that came to an end counts as one execution. Jobs may share one memory: whatever stands in it says which job it
comes from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runners.engine.agents.signatures import Signature, halved, signature, with_one
from runners.engine.clock import from_ms, to_ms
from runners.engine.run import FailureKind

RECENT_KEPT = 10
TEXT_KEPT = 300
KEY_LENGTH = 64
"""Characters of a key."""


@dataclass(frozen=True, slots=True)
class Execution:
    """How one attempt ended: what it said at its end, or what it failed by. `job_id` is '' where an older version kept it."""

    run_id: str
    attempt: int
    at: datetime
    text: str
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """What is to be remembered of one attempt; `failure` is None for a success."""

    job_id: str
    run_id: str
    attempt: int
    at: datetime
    text: str
    failure: FailureKind | None
    steps: int
    tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered under one key. `version` rises with every change; 0 means that there is nothing yet."""

    agent_key: str
    version: int = 0
    executions: int = 0
    successes: int = 0
    failures: int = 0
    steps: int = 0
    tokens: int = 0
    cost: float = 0.0
    first_at: datetime | None = None
    last_at: datetime | None = None
    recent_successes: tuple[Execution, ...] = ()
    recent_failures: tuple[Execution, ...] = ()
    signatures: tuple[Signature, ...] = ()

    def knows(self, run_id: str, attempt: int) -> bool:
        """Say whether this attempt's end is remembered already."""
        return any(
            (one.run_id, one.attempt) == (run_id, attempt) for one in self.recent_successes + self.recent_failures
        )

    def after(self, ended: Ended) -> Memory:
        """Return what is remembered once this attempt has ended."""
        row = Execution(ended.run_id, ended.attempt, ended.at, ended.text[:TEXT_KEPT], ended.job_id)
        counted = replace(
            self,
            executions=self.executions + 1,
            steps=self.steps + ended.steps,
            tokens=self.tokens + ended.tokens,
            cost=self.cost + ended.cost,
            first_at=self.first_at or ended.at,
            last_at=ended.at,
        )
        if ended.failure is None:
            return replace(
                counted,
                successes=self.successes + 1,
                recent_successes=(row, *self.recent_successes)[:RECENT_KEPT],
                signatures=halved(self.signatures, ended.at),
            )
        return replace(
            counted,
            failures=self.failures + 1,
            recent_failures=(row, *self.recent_failures)[:RECENT_KEPT],
            signatures=with_one(self.signatures, signature(ended.failure, ended.text), ended.job_id, ended.at),
        )

    def forgiven(self, line: str) -> Memory:
        """Return what is remembered without one signature."""
        return replace(self, signatures=tuple(one for one in self.signatures if one.line != line))

    def to_store(self) -> str:
        """Return it as JSON, without its key and version."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        kept |= {name: to_ms(at) if (at := getattr(self, name)) else None for name in ("first_at", "last_at")}
        for name in ("recent_successes", "recent_failures"):
            kept[name] = [[one.run_id, one.attempt, to_ms(one.at), one.text] for one in getattr(self, name)]
        kept["signatures"] = [
            [one.line, one.count, one.weight, to_ms(one.first_at), to_ms(one.last_at)] for one in self.signatures
        ]
        # beside the rows, which an older version reads too
        kept["jobs_of_runs"] = {one.run_id: one.job_id for one in self.recent_successes + self.recent_failures}
        kept["jobs_of_lines"] = {one.line: one.jobs for one in self.signatures}
        return json.dumps(kept)

    @staticmethod
    def from_store(agent_key: str, fields: Mapping[str, str]) -> Memory:
        """Read a memory's hash. Raises KeyError, TypeError or ValueError on a broken record."""
        kept = json.loads(fields["json"])
        times: dict[str, Any] = {
            name: from_ms(kept[name]) if kept[name] is not None else None for name in ("first_at", "last_at")
        }
        recent: dict[str, Any] = {
            name: tuple(
                Execution(run, attempt, from_ms(ms), text, kept.get("jobs_of_runs", {}).get(run, ""))
                for run, attempt, ms, text in kept[name]
            )
            for name in ("recent_successes", "recent_failures")
        }
        signatures = tuple(
            Signature(
                line, count, weight, from_ms(first), from_ms(last), tuple(kept.get("jobs_of_lines", {}).get(line, ()))
            )
            for line, count, weight, first, last in kept["signatures"]
        )
        counts: dict[str, Any] = {name: kept[name] for name in COUNTS}
        return Memory(agent_key, int(fields["version"]), **counts, **times, **recent, signatures=signatures)


def key_of(named: object, job_id: str) -> str:
    """Return the key under which runs of a job remember: the text that its `agent_key` is, else its id.

    An id that is longer than a key ends in a digest of it, so that no two jobs share a key without naming one.
    """
    if isinstance(named, str) and named:
        return named
    if len(job_id) <= KEY_LENGTH:
        return job_id
    digest = hashlib.sha256(job_id.encode()).hexdigest()[:12]
    return f"{job_id[: KEY_LENGTH - 13]}.{digest}"


COUNTS = ("executions", "successes", "failures", "steps", "tokens", "cost")
