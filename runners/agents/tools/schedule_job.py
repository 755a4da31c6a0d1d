"""`schedule_job`: when another job runs, as a version of it in the history and the audit like any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field

from runners.agents.lineage import refuse_endless
from runners.agents.permits import Lack
from runners.agents.tools.other_job import JobId, OtherJob
from runners.agents.tools.tool import ModelTool, Observation, Situation, Tool
from runners.engine import operations
from runners.engine.errors import Invalid
from runners.engine.grant import Capability, recurring
from runners.engine.schedule import parse


class ScheduleArguments(BaseModel, extra="forbid", frozen=True):
    """Exactly one of interval_sec, cron and at in `schedule`; null for only when asked."""

    job_id: JobId
    schedule: dict[str, Any] | None = Field(
        description='{"interval_sec": n}, {"cron": "five fields", "timezone": zone}, {"at": time, "timezone": zone}, or null'
    )


class ScheduleJob(OtherJob, ModelTool[ScheduleArguments]):
    """Gives a job another schedule.

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
        return list(self.lacking(job_id, value, why))

    def repeats_safely(self, arguments: ScheduleArguments) -> bool:
        """The same schedule twice is one version."""
        return True

    def act(self, arguments: ScheduleArguments, key: str) -> Observation:
        """Save the job with that schedule."""
        actor = self.owner(arguments.job_id, _asked(arguments))
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


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield the tool."""
    yield ScheduleJob(situation)
