"""`start_job` and `schedule_job`: other jobs, through the same operations, admission and audit as for the one who saved this job."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from runners.agents.lineage import refuse_endless
from runners.agents.owner import owner
from runners.agents.permits import Lack
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine import operations
from runners.engine.errors import Invalid, NotFound, Unreadable
from runners.engine.grant import JOB_ID, Capability, recurring
from runners.engine.operations import Actor, Role
from runners.engine.schedule import parse
from runners.engine.secret_references import references

JobId = Annotated[str, Field(pattern=f"^{JOB_ID}$", description="the job's id")]
SAID: Mapping[str, frozenset[str]] = {
    "agent.workflow": frozenset({"prompt"}),
    "command.run": frozenset({"stdin"}),
    "http.request": frozenset({"body"}),
}
"""What an agent may say to a job of a type that reaches outside: never where to, by which program, or by what right."""


class StartArguments(BaseModel, extra="forbid", frozen=True):
    """`inputs` are merged over the job's own, for this run; what reaches further than the job does is refused."""

    job_id: JobId
    inputs: dict[str, Any] = {}


class ScheduleArguments(BaseModel, extra="forbid", frozen=True):
    """Exactly one of interval_sec, cron and at in `schedule`; null for only when asked."""

    job_id: JobId
    schedule: dict[str, Any] | None = Field(
        description='{"interval_sec": n}, {"cron": "five fields", "timezone": zone}, {"at": time, "timezone": zone}, or null'
    )


class _OtherJob:
    """What both have in common: another job, which is permitted by `capability`."""

    capability: Capability

    def __init__(self, situation: Situation) -> None:
        self._ctx, self._permits = situation.ctx, situation.permits

    def _lacks(self, job_id: str, value: str, why: str) -> Iterator[Lack]:
        """Yield what keeps it from job `job_id`; `value` is what a grant of what it wants would say, `why` why it needs one."""
        permitted = self._permits.has(self.capability, value)
        try:
            operations.get_job(self._ctx.platform, Actor(f"job {self._ctx.job_id}", Role.VIEWER, "system"), job_id)
        except (NotFound, Unreadable) as fault:
            yield Lack(self.capability, value, str(fault), grantable=not permitted)
            return
        if not permitted:
            yield Lack(self.capability, value, why)

    def _owner(self, job_id: str, value: str) -> Actor:
        if job_id == self._ctx.job_id:
            raise ActFailed("an agent changes and starts other jobs, never its own")
        if not self._permits.has(self.capability, value):
            raise ActFailed(f"job '{value}' is not allowed")
        return owner(self._ctx)


class StartJob(_OtherJob, ModelTool[StartArguments]):
    """Asks for a run, once for each step, however often it is repeated."""

    name = kind = "start_job"
    capability = Capability.JOB
    description = "start a run of another job now; the guards of that job may refuse it"
    arguments = StartArguments

    def what(self, arguments: StartArguments) -> str:
        """Say which job, and with which inputs."""
        said = f" with {json.dumps(arguments.inputs, ensure_ascii=False)}" if arguments.inputs else ""
        return f"start job {arguments.job_id}{said}"

    def lacks(self, arguments: StartArguments) -> Sequence[Lack]:
        """Return the job that it may not start, or that is not there."""
        job_id = arguments.job_id
        return list(self._lacks(job_id, job_id, f"the job may not start job '{job_id}'"))

    def repeats_safely(self, arguments: StartArguments) -> bool:
        """The same key makes one run."""
        return True

    def act(self, arguments: StartArguments, key: str) -> Observation:
        """Ask for the run; whatever refuses it is the failure."""
        actor = self._owner(arguments.job_id, arguments.job_id)
        job = operations.get_job(self._ctx.platform, actor, arguments.job_id)
        if fault := _reach(job.spec.type, arguments.inputs):
            raise ActFailed(f"job '{job.job_id}' keeps what it reaches: {fault}")
        refuse_endless(self._ctx.platform.store, self._ctx.run_id, job.job_id)
        run = operations.run_job(
            self._ctx.platform, actor, arguments.job_id, arguments.inputs or None, idempotency_key=key
        )
        return Observation(f"run {run.run_id} of job {run.job_id} is {run.status}")


class ScheduleJob(_OtherJob, ModelTool[ScheduleArguments]):
    """Gives a job another schedule: a new version of it, in the history and the audit like any other.

    Whoever lets an agent schedule a job lets it name times. What recurs goes on when nobody looks any more, so that it takes
    a permit of its own, which says how it recurs.
    """

    name = kind = "schedule_job"
    capability = Capability.SCHEDULE
    description = "give another job a schedule: one time, or none; people decide on an interval and a cron line"
    arguments = ScheduleArguments

    def what(self, arguments: ScheduleArguments) -> str:
        """Say which job, and when."""
        said = arguments.schedule or {}
        when = ", ".join(f"{name} {value}" for name, value in said.items()) or "only when asked"
        return f"schedule job {arguments.job_id}: {when}"

    def lacks(self, arguments: ScheduleArguments) -> Sequence[Lack]:
        """Return the job that it may not schedule, with what recurs, or that is not there."""
        job_id, value = arguments.job_id, _asked(arguments)
        why = f"the job may not schedule job '{job_id}'"
        if value != job_id:
            why = f"the job may not give job '{job_id}' a schedule that recurs until somebody takes it away"
        return list(self._lacks(job_id, value, why))

    def repeats_safely(self, arguments: ScheduleArguments) -> bool:
        """The same schedule twice is one version."""
        return True

    def act(self, arguments: ScheduleArguments, key: str) -> Observation:
        """Save the job with that schedule."""
        actor = self._owner(arguments.job_id, _asked(arguments))
        job = operations.get_job(self._ctx.platform, actor, arguments.job_id)
        if arguments.schedule is not None:
            refuse_endless(self._ctx.platform.store, self._ctx.run_id, job.job_id)
        raw = {name: value for name, value in job.spec.to_json().items() if name != "enabled"}
        raw["schedule"] = arguments.schedule
        saved = operations.save_job(self._ctx.platform, actor, raw, keep_enabled=True, expected_version=job.version)
        return Observation(f"job {job.job_id} is {saved.status}, at version {saved.job.version}")


def _asked(arguments: ScheduleArguments) -> str:
    """Return what a grant of this schedule would say; of one that is none, which nobody could save, what one of a time would."""
    try:
        schedule = parse(arguments.schedule) if arguments.schedule is not None else None
    except Invalid:
        schedule = None
    return recurring(arguments.job_id, schedule) if schedule and schedule.at is None else arguments.job_id


def _reach(job_type: str, inputs: Mapping[str, Any]) -> str:
    """Return which of these inputs would let the job reach what is its own to say, '' when none does."""
    strange = sorted(set(inputs) - SAID.get(job_type, inputs.keys()))
    if strange:
        return (
            f"an agent may set {', '.join(SAID[job_type])} of a job of type '{job_type}', and not {', '.join(strange)}"
        )
    named = sorted(map(str, references(inputs)))
    return f"an agent may not refer to secrets, as in {named[0]}" if named else ""


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield both tools."""
    yield StartJob(situation)
    yield ScheduleJob(situation)
