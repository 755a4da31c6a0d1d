"""What may go wrong with a planned job, for whoever decides on it: a level, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from runners.engine.clock import seconds
from runners.engine.job import Job, JobSpec
from runners.engine.job.controls import Priority
from runners.planner.notes import Note, note

OFTEN_SEC = 10
WATCHED = frozenset({"risk_no_connector"})
"""What stands in the way of a watch is what it is there to tell."""
READS = frozenset({"GET", "HEAD"})


class Level(StrEnum):
    """How carefully to look before it is done."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Risk:
    """The highest level of all reasons, and each reason."""

    level: Level
    reasons: tuple[Note, ...]


def risk_of(spec: JobSpec, before: Job | None, obstacles: tuple[Note, ...] = ()) -> Risk:
    """Return the risk of saving `spec` where `before` stands now, None when nothing does.

    `obstacles` say why its runs would be refused or would ask a person, as things are now.
    """
    found = (
        *_reasons(spec, before),
        *((Level.MEDIUM if one.name in WATCHED else Level.HIGH, one) for one in obstacles),
    )
    level = next((level for level in reversed(Level) if any(at is level for at, _ in found)), Level.LOW)
    return Risk(level, tuple(reason for _, reason in found))


def _reasons(spec: JobSpec, before: Job | None) -> Iterator[tuple[Level, Note]]:
    if before is None:
        yield Level.LOW, note("risk_create")
    elif before.spec.to_json() != spec.to_json():
        yield Level.HIGH if before.spec.type != spec.type else Level.MEDIUM, note("risk_update")
    if spec.type == "command.run":
        yield Level.HIGH, note("risk_command")
    method = str(spec.handler_inputs.get("method", "GET")).upper()
    if spec.type == "http.request" and method not in READS:
        yield Level.HIGH, note("risk_writes", method=method)
    if spec.schedule and spec.schedule.interval and (every := seconds(spec.schedule.interval)) < OFTEN_SEC:
        yield Level.MEDIUM, note("risk_often", seconds=every)
    if spec.controls.priority is Priority.CRITICAL:
        yield Level.MEDIUM, note("risk_critical")
    if spec.controls.allow_overlap:
        yield Level.MEDIUM, note("risk_overlap")
    if spec.requires_approval:
        yield Level.LOW, note("risk_approval")
