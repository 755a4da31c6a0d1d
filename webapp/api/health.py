"""Is it alive, can it serve, how full is the queue; contract §2."""

from __future__ import annotations

from typing import Literal, NotRequired

from flask import Response, current_app

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.readiness import Probe
from runners.engine.store.connection import ModeName
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.asking import actor, platform
from webapp.authentication import named_in_public
from webapp.roles import PUBLIC
from webapp.wire.processes import PressureRow, QueueRow, pressure_row, queue_row
from webapp.wire.shape import Shape


class HealthRow(Shape):
    """The process serves."""

    status: Literal["healthy"]


class ReadyRow(Shape):
    """The store takes writes; what else is missing stands in `warnings`.

    `leader` is the scheduler that does what one is to do for all, null for a moment after it has gone.
    With sign-in on, whoever shows no token gets `status` and `warnings` only.
    """

    status: Literal["ready"]
    mode: NotRequired[ModeName]
    durability: NotRequired[str]
    scheduler: NotRequired[Literal["online", "missing"]]
    leader: NotRequired[str | None]
    workers: NotRequired[int]
    warnings: list[str]


@endpoint("GET", "/healthz", PUBLIC, answers={200: HealthRow})
def read_health() -> Response:
    """Say that the process serves."""
    return one({"status": "healthy"})


@endpoint("GET", "/readyz", PUBLIC, answers={200: ReadyRow})
def read_readiness() -> Response:
    """Say whether the store takes writes, and who is missing."""
    found = _probe().readiness()
    if named_in_public() is None:
        return one({"status": "ready", "warnings": list(found.reasons)})
    return one(
        {
            "status": "ready",
            "mode": found.mode,
            "durability": found.durability,
            "scheduler": "online" if found.scheduler_online else "missing",
            "leader": found.leader,
            "workers": found.workers,
            "warnings": list(found.warnings),
        }
    )


@endpoint("GET", "/queue", Role.VIEWER, answers={200: QueueRow})
def read_queue() -> Response:
    """Count the runs that wait now, that run, and that wait for their next attempt; and say what is paused."""
    here, who = platform(), actor()
    return one(queue_row(operations.queue(here, who), operations.pauses(here, who), operations.pools(here, who)))


@endpoint("GET", "/queue/pressure", Role.VIEWER, answers={200: PressureRow})
def read_pressure() -> Response:
    """Say whether pressure mode is on, what it holds back, and how long the backlog takes at the present rate."""
    return one(pressure_row(operations.pressure(platform(), actor())))


def _probe() -> Probe:
    probe: Probe = current_app.extensions.setdefault("probe", Probe(platform().store, platform().settings))
    return probe
