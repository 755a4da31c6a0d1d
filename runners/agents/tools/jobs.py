"""`start_job` and `schedule_job`: other jobs, through the same operations, admission and audit as for the one who saved this job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from runners.agents.owner import owner
from runners.agents.permits import Lack
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine import operations
from runners.engine.errors import NotFound, Unreadable
from runners.engine.grant import JOB_ID, Capability
from runners.engine.operations import Actor, Role

JobId = Annotated[str, Field(pattern=f"^{JOB_ID}$", description="the job's id")]


class StartArguments(BaseModel, extra="forbid", frozen=True):
    """`inputs` are merged over the job's own, for this run."""

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

    def _lacks(self, job_id: str) -> Iterator[Lack]:
        permitted = self._permits.has(self.capability, job_id)
        try:
            operations.get_job(self._ctx.platform, Actor(f"job {self._ctx.job_id}", Role.VIEWER, "system"), job_id)
        except (NotFound, Unreadable) as fault:
            yield Lack(self.capability, job_id, str(fault), grantable=not permitted)
            return
        if not permitted:
            yield Lack(self.capability, job_id, f"the job may not {self.capability} '{job_id}'")

    def _owner(self, job_id: str) -> Actor:
        if job_id == self._ctx.job_id:
            raise ActFailed("an agent changes and starts other jobs, never its own")
        if not self._permits.has(self.capability, job_id):
            raise ActFailed(f"job '{job_id}' is not allowed")
        return owner(self._ctx)


class StartJob(_OtherJob, ModelTool[StartArguments]):
    """Asks for a run, once for each step, however often it is repeated."""

    name = kind = "start_job"
    capability = Capability.JOB
    description = "start a run of another job now; the guards of that job may refuse it"
    arguments = StartArguments

    def what(self, arguments: StartArguments) -> str:
        """Say which job."""
        return f"start job {arguments.job_id}"

    def lacks(self, arguments: StartArguments) -> Sequence[Lack]:
        """Return the job that it may not start, or that is not there."""
        return list(self._lacks(arguments.job_id))

    def repeats_safely(self, arguments: StartArguments) -> bool:
        """The same key makes one run."""
        return True

    def act(self, arguments: StartArguments, key: str) -> Observation:
        """Ask for the run; whatever refuses it is the failure."""
        actor = self._owner(arguments.job_id)
        run = operations.run_job(
            self._ctx.platform, actor, arguments.job_id, arguments.inputs or None, idempotency_key=key
        )
        return Observation(f"run {run.run_id} of job {run.job_id} is {run.status}")


class ScheduleJob(_OtherJob, ModelTool[ScheduleArguments]):
    """Gives a job another schedule: a new version of it, in the history and the audit like any other."""

    name = kind = "schedule_job"
    capability = Capability.SCHEDULE
    description = "give another job a schedule: an interval, a cron line, one time, or none"
    arguments = ScheduleArguments

    def what(self, arguments: ScheduleArguments) -> str:
        """Say which job, and when."""
        said = arguments.schedule or {}
        when = ", ".join(f"{name} {value}" for name, value in said.items()) or "only when asked"
        return f"schedule job {arguments.job_id}: {when}"

    def lacks(self, arguments: ScheduleArguments) -> Sequence[Lack]:
        """Return the job that it may not schedule, or that is not there."""
        return list(self._lacks(arguments.job_id))

    def repeats_safely(self, arguments: ScheduleArguments) -> bool:
        """The same schedule twice is one version."""
        return True

    def act(self, arguments: ScheduleArguments, key: str) -> Observation:
        """Save the job with that schedule."""
        actor = self._owner(arguments.job_id)
        job = operations.get_job(self._ctx.platform, actor, arguments.job_id)
        raw = {name: value for name, value in job.spec.to_json().items() if name != "enabled"}
        raw["schedule"] = arguments.schedule
        saved = operations.save_job(self._ctx.platform, actor, raw, keep_enabled=True, expected_version=job.version)
        return Observation(f"job {job.job_id} is {saved.status}, at version {saved.job.version}")


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield both tools."""
    yield StartJob(situation)
    yield ScheduleJob(situation)
