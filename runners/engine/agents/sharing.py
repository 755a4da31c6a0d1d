"""Whose memory a job's agent uses, and which other jobs use it too. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runners.engine.agents.memory import key_of
from runners.engine.automation import TYPE


@dataclass(frozen=True, slots=True)
class Sharing:
    """A memory that several jobs use: its key, and the ids of the others, in order."""

    agent_key: str
    others: tuple[str, ...]


def memory_key(job_type: str, inputs: Mapping[str, Any], job_id: str) -> str | None:
    """Return under which key runs of the job remember; None for a job without an agent."""
    return key_of(inputs.get("agent_key"), job_id) if job_type == TYPE else None
