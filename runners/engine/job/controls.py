"""The control fields inside a job's inputs: how its guards treat it (contract §3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runners.engine.fields import Whole, fault, show


class Priority(StrEnum):
    """Which runs go first; under pressure only critical ones go out."""

    CRITICAL = "critical"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Controls:
    """How the guards treat a job. `flow_max_active_runs` 0 means that this job states no limit for its group."""

    allow_overlap: bool
    priority: Priority
    flow_group: str | None
    flow_max_active_runs: int
    jitter: timedelta
    failure_memory_enabled: bool
    failure_threshold: int
    cooldown_base: timedelta
    cooldown_max: timedelta


def check_flow_group(name: str) -> str:
    """Return `name` when it has 1 to 64 of A-Z a-z 0-9 . _ : -; raises the fault otherwise."""
    if re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", name):
        return name
    raise fault("flow_group", f"flow_group {show(name)} is not 1 to 64 of A-Z a-z 0-9 . _ : -")


class ControlFields(BaseModel):
    """The control fields as they are written, with their defaults and ranges; a cooldown lasts 10 s to 7 days."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    allow_overlap: bool = False
    pressure_priority: Annotated[Priority, Field(strict=False)] = Priority.NORMAL
    flow_group: Annotated[str, AfterValidator(check_flow_group)] | None = None
    flow_max_active_runs: Annotated[int, Whole(0, 1000)] = 0
    dispatch_jitter_sec: Annotated[int, Whole(0, 366 * 86_400)] = 0
    failure_memory_enabled: bool = True
    failure_threshold: Annotated[int, Whole(1, 20)] = 3
    failure_cooldown_sec: Annotated[int, Whole(10, 86_400)] = 120
    failure_cooldown_max_sec: Annotated[int, Whole(10, 604_800)] = 3600

    def to_controls(self) -> Controls:
        """Return the value that the guards work with."""
        return Controls(
            allow_overlap=self.allow_overlap,
            priority=self.pressure_priority,
            flow_group=self.flow_group,
            flow_max_active_runs=self.flow_max_active_runs,
            jitter=timedelta(seconds=self.dispatch_jitter_sec),
            failure_memory_enabled=self.failure_memory_enabled,
            failure_threshold=self.failure_threshold,
            cooldown_base=timedelta(seconds=self.failure_cooldown_sec),
            cooldown_max=timedelta(seconds=self.failure_cooldown_max_sec),
        )


CONTROL_NAMES = tuple(ControlFields.model_fields)
_NAMES = frozenset(CONTROL_NAMES)


def split(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (control fields, the handler's own inputs) of a job's `inputs`."""
    controls = {name: value for name, value in inputs.items() if name in _NAMES}
    return controls, {name: value for name, value in inputs.items() if name not in _NAMES}
