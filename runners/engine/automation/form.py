"""The form over an `agent.workflow` job: what it asks, within which ranges, and what it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from runners.engine.automation.lanes import TEMPLATES, LaneName
from runners.engine.automation.presets import PRESETS, PresetName
from runners.engine.clock import DAY_SEC
from runners.engine.errors import Problem
from runners.engine.fields import Whole
from runners.engine.job.controls import CONTROL_NAMES, ControlFields
from runners.engine.job.spec import check_job_id
from runners.engine.problems import problems_of
from runners.engine.schedule.cron import check_cron
from runners.engine.schedule.zone import check_zone

WAYS: Final = ("interval_sec", "cron")
FILLERS: Final = ("template", "preset")
OF_SPEC: Final = ("job_id", "enabled", *WAYS, "timezone", "timeout_ms", "max_retry", "backoff_sec")
START: Final[Mapping[str, Any]] = {
    "enabled": True,
    "interval_sec": 900,
    "timezone": "Asia/Jakarta",
    "timeout_ms": 120_000,
    "max_retry": 1,
    "backoff_sec": [1, 2, 5],
}
"""What the form holds where nothing else is said."""

Waits = Annotated[tuple[Annotated[int, Whole(0, DAY_SEC)], ...], Field(strict=False, min_length=1, max_length=20)]


class AgentLimits(BaseModel):
    """How much one run may use of steps, seconds at work, tokens, money, and repairs of a failed step in a row."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    steps: int | None = None
    seconds: int | None = None
    tokens: int | None = None
    cost: float | None = None
    repairs: int | None = None


class AgentWorkflowForm(ControlFields):
    """A recurring agent workflow. What is left out is as `template` has it, the failure settings as `preset` has them.

    Exactly one of `interval_sec` and `cron`; without both it runs every 900 s. `timeout_ms` is the time of one attempt. From
    `prompt` on the fields are the inputs of the agent itself, checked further as those of any `agent.workflow` job.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    job_id: Annotated[str, AfterValidator(check_job_id)]
    template: LaneName | None = None
    preset: PresetName | None = None
    enabled: bool = True
    interval_sec: Annotated[int, Whole(10, DAY_SEC)] | None = None
    cron: Annotated[str, AfterValidator(check_cron)] | None = None
    timezone: Annotated[str, AfterValidator(check_zone)] = START["timezone"]
    timeout_ms: Annotated[int, Whole(5_000, 300_000)] = START["timeout_ms"]
    max_retry: Annotated[int, Whole(0, 10)] = START["max_retry"]
    backoff_sec: Waits = tuple(START["backoff_sec"])
    dispatch_jitter_sec: Annotated[int, Whole(0, 3600)] = 0
    prompt: str
    agent_key: str | None = None
    account: str | None = None
    model: str | None = None
    allow_tools: Annotated[tuple[str, ...], Field(strict=False)] = ()
    limits: AgentLimits = AgentLimits()
    require_approval_for_missing: bool = True


AGENT_NAMES: Final = tuple(
    name for name in AgentWorkflowForm.model_fields if name not in {*OF_SPEC, *FILLERS, *CONTROL_NAMES}
)
"""The fields that are inputs of the agent itself."""


def filled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the form `raw` says, with what its template, its preset and the form itself say where it does not.

    A null in place of a schedule, a template or a preset says nothing, as if it were left out.
    """
    said = {name: value for name, value in raw.items() if value is not None or name not in {*WAYS, *FILLERS}}
    start = dict(START) | _of(TEMPLATES, said.get("template")) | _of(PRESETS, said.get("preset"))
    if any(way in said for way in WAYS):
        start.pop("interval_sec")
    return start | said


def form_problems(fields: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a filled form, but for what only a spec can tell."""
    both = all(fields.get(way) is not None for way in WAYS)
    twice = (
        [Problem(("interval_sec",), "interval_sec and cron are both given; give one of them", "one_of")] if both else []
    )
    try:
        AgentWorkflowForm.model_validate(fields)
    except ValidationError as error:
        return [*twice, *problems_of(error, AgentWorkflowForm)]
    return twice


def _of(known: Mapping[Any, Any], name: object) -> dict[str, Any]:
    found = known.get(name) if isinstance(name, str) else None
    return found.fields() if found else {}
