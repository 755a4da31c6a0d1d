"""Agents: the steps of a run, as its journal has them."""

from __future__ import annotations

from runners.engine.agents.step import Step
from runners.engine.operations.existing import existing_run
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store import steps


@operation(Role.VIEWER)
def run_steps(platform: Platform, actor: Actor, run_id: str) -> list[Step]:
    """Return what an agent's run has done so far, step by step; none for a run of another type. Raises NotFound."""
    existing_run(platform.store, run_id)
    return steps.load_steps(platform.store, run_id)
