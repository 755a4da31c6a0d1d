"""A job's definition as people and programs write it: names, defaults and ranges of contract §3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runners.engine import clock
from runners.engine.clock import DAY_SEC
from runners.engine.compact import compact
from runners.engine.fields import Whole, fault, show, unprintable
from runners.engine.job.approvers import ApproversField, ApproversSpec
from runners.engine.job.approvers import to_json as approvers_to_json
from runners.engine.job.controls import ControlFields, Controls, split
from runners.engine.pool import DEFAULT, NAME, stored
from runners.engine.schedule import Schedule, ScheduleSpec

DAY_MS = 86_400_000


RESERVED = frozenset({".", "..", "export", "import", "new", "preview"})
"""Job ids that no URL could name: `/jobs/export` and the like are routes, and `..` never arrives."""


def check_job_id(job_id: str) -> str:
    """Return `job_id` when it has 1 to 128 of A-Z a-z 0-9 . _ - and is not reserved; raises the fault otherwise."""
    if job_id in RESERVED:
        raise fault("job_id", f"job_id {show(job_id)} is reserved, no URL could name it; choose another")
    if re.fullmatch(r"[A-Za-z0-9._-]{1,128}", job_id):
        return job_id
    raise fault("job_id", f"job_id {show(job_id)} is not 1 to 128 of A-Z a-z 0-9 . _ -")


def check_tag(tag: str) -> str:
    """Return `tag` when it has 1 to 64 printable characters; raises the fault otherwise."""
    if 1 <= len(tag) <= 64 and unprintable(tag) is None and tag == tag.strip():
        return tag
    raise fault("tag", f"tag {show(tag)} is not 1 to 64 printable characters without spaces around them")


def check_description(text: str) -> str:
    """Return `text` when it can be stored: at most 2000 characters, no NUL, no lone surrogate."""
    if len(text) > 2000:
        raise fault("too_long", f"description has {len(text)} characters; write at most 2000")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise fault("description", "description holds a NUL or half a character; remove it")
    return text


def check_waits(waits: tuple[int, ...]) -> tuple[int, ...]:
    """Return 1 to 20 waits; raises the fault for none and for more."""
    if 1 <= len(waits) <= 20:
        return waits
    raise fault("backoff_sec", f"backoff_sec has {len(waits)} entries; write 1 to 20")


def check_pool(pool: str) -> str:
    """Return `pool` when it has 1 to 64 of A-Z a-z 0-9 . _ -; raises the fault otherwise."""
    if NAME.fullmatch(pool):
        return pool
    raise fault("pool", f"pool {show(pool)} is not 1 to 64 of A-Z a-z 0-9 . _ -")


class RetryPolicy(BaseModel):
    """How often a failed run is tried again (0 to 100), and the waits between: 1 to 20 of 0 to 86 400 s, the last repeats."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    max_retry: Annotated[int, Whole(0, 100)] = 3
    backoff_sec: Annotated[
        tuple[Annotated[int, Whole(0, DAY_SEC)], ...], Field(strict=False), AfterValidator(check_waits)
    ] = (1, 2, 5)


class JobSpec(BaseModel):
    """What to run, when, and under which guards.

    `inputs` (at most 256 KiB as JSON) holds the handler's inputs and the control fields. `expires_sec` (1 to
    31 622 400) is a queued run's life; null means for ever. With `requires_approval` each run waits for `approvers` before
    it is queued; what its handler asks for goes to them in any case. `validate` is the only door for what somebody sent:
    it also checks what no field can know alone.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    job_id: Annotated[str, AfterValidator(check_job_id)]
    type: Annotated[str, Field(min_length=1, max_length=128)]
    schedule_spec: Annotated[ScheduleSpec | None, Field(alias="schedule")] = None
    timeout_ms: Annotated[int, Whole(100, DAY_MS)] = 30_000
    retry_policy: RetryPolicy = RetryPolicy()
    inputs: dict[Any, Any] = Field(default_factory=dict)  # keys are checked with the values, by json_values
    description: Annotated[str, AfterValidator(check_description)] = ""
    tags: Annotated[tuple[Annotated[str, AfterValidator(check_tag)], ...], Field(strict=False, max_length=32)] = ()
    enabled: bool = True
    on_worker_lost: Literal["retry", "fail"] = "retry"
    requires_approval: bool = False
    approvers: ApproversField = ApproversSpec(role="admin")
    expires_sec: Annotated[int, Whole(1, 366 * DAY_SEC)] | None = None
    pool: Annotated[str, AfterValidator(check_pool)] = DEFAULT

    @cached_property
    def schedule(self) -> Schedule | None:
        """When the job is due; None means only when somebody asks."""
        return None if self.schedule_spec is None else self.schedule_spec.to_schedule()

    @cached_property
    def controls(self) -> Controls:
        """How the guards treat the job."""
        return ControlFields.model_validate(split(self.inputs)[0]).to_controls()

    @cached_property
    def inputs_text(self) -> str:
        """The inputs as a run's record keeps them; made once, schedulers use the same spec in every tick."""
        return compact(self.inputs)

    @cached_property
    def run_fields(self) -> tuple[str | int, ...]:
        """What each run keeps of the spec as it was then: names and values of its record, those read most often first."""
        controls = self.controls
        fields: dict[str, str | int] = {
            "priority": controls.priority,
            "flow_group": controls.flow_group or "",
            "job_type": self.type,
            "memory": int(controls.failure_memory_enabled),
            "max_retry": self.retry_policy.max_retry,
            "timeout_ms": self.timeout_ms,
            "on_worker_lost": self.on_worker_lost,
            "backoff_sec": compact(self.retry_policy.backoff_sec),
            "threshold": controls.failure_threshold,
            "cooldown_ms": clock.seconds(controls.cooldown_base) * 1000,
            "cooldown_max_ms": clock.seconds(controls.cooldown_max) * 1000,
        }
        fields |= {"pool": self.pool} if stored(self.pool) else {}
        approvers = self.approvers.to_approvers()
        fields |= {"approvers": kept} if (kept := approvers.to_store()) else {}
        fields |= {"quorum": approvers.quorum} if approvers.quorum > 1 else {}
        return tuple(chain.from_iterable(fields.items()))

    @property
    def handler_inputs(self) -> dict[str, Any]:
        """The inputs without the control fields: what the handler gets."""
        return split(self.inputs)[1]

    def to_json(self) -> dict[str, Any]:
        """Return the whole spec as the API shows it and the store keeps it, defaults filled in."""
        spec = self.model_dump(mode="json", by_alias=True)
        schedule = None if self.schedule is None else self.schedule.to_json()
        return spec | {"schedule": schedule, "approvers": approvers_to_json(self.approvers)}


def spec_from_json(stored: Mapping[str, Any]) -> JobSpec:
    """Return the spec that `to_json` wrote; fields that another version stored and this one lacks are passed over.

    Raises ValueError on a record that is broken, in its control fields too: no guard shall be the first to notice.
    """
    fields = _known(JobSpec, stored)
    for name, model in (("schedule", ScheduleSpec), ("retry_policy", RetryPolicy)):
        if isinstance(fields.get(name), dict):
            fields[name] = _known(model, fields[name])
    spec = JobSpec.model_validate(fields)
    spec.controls  # noqa: B018 - reading them is the check
    return spec


def _known(model: type[BaseModel], stored: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.alias or name for name, field in model.model_fields.items()}
    return {name: value for name, value in stored.items() if name in names}
