"""Jobs as JSON: the whole spec with its defaults, and where the job stands; contract §3."""

from typing import Any, Literal, NotRequired, cast

from runners.engine.agents.sharing import Sharing
from runners.engine.job import Job
from runners.engine.run import RunStatus
from runners.engine.schedule import Misfire
from runners.engine.words import Language
from webapp.wire.holds import HeldRow, held_row
from webapp.wire.pauses import PauseRow, pause_row_or_none
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp_or_none

OTHERS_SHOWN = 20


class ScheduleRow(Shape):
    """Exactly one of `interval_sec`, `cron` and `at` is there."""

    interval_sec: NotRequired[int]
    cron: NotRequired[str]
    at: NotRequired[Stamp]
    timezone: str
    misfire: Misfire
    misfire_grace_sec: int | None


class RetryPolicyRow(Shape):
    """How often a failed run is tried again, and the waits between; the last one repeats."""

    max_retry: int
    backoff_sec: list[int]


class ApproversRow(Shape):
    """Who decides on a job's approvals, where one role alone does not say it."""

    role: Literal["operator", "admin"] | None
    names: list[str]
    quorum: int
    expires_sec: int


class SpecRow(Shape):
    """A job spec, defaults filled in."""

    job_id: str
    type: str
    schedule: ScheduleRow | None
    timeout_ms: int
    retry_policy: RetryPolicyRow
    inputs: dict[str, Any]
    description: str
    tags: list[str]
    enabled: bool
    on_worker_lost: Literal["retry", "fail"]
    requires_approval: bool
    approvers: Literal["operator", "admin"] | ApproversRow
    expires_sec: int | None
    pool: str


class LastRunRow(Shape):
    """The newest run of a job that ended."""

    run_id: str
    status: RunStatus
    finished_at: Stamp | None


class JobRow(SpecRow):
    """One job: its spec, and where it stands now. `hold` says why it waits, null when nothing holds it.

    `pause` is the job's own pause. `next_run_at` is null while a pause keeps the job from the schedulers.
    """

    version: int
    next_run_at: Stamp | None
    last_run: LastRunRow | None
    hold: HeldRow | None
    pause: PauseRow | None


class SharingRow(Shape):
    """The memory that a job's agent shares with other jobs, of which `others` are the first 20 by their ids."""

    agent_key: str
    others: list[str]
    other_count: int


class SavedRow(Shape):
    """The answer to a saved spec; `unchanged` wrote no version. `shares_memory` is there when other jobs use its agent's memory."""

    job_id: str
    status: Literal["created", "updated", "unchanged"]
    version: int
    shares_memory: NotRequired[SharingRow]


class SwitchedRow(Shape):
    """The answer to enable and disable."""

    job_id: str
    status: Literal["enabled", "disabled"]


class DeletedRow(Shape):
    """The answer to a deletion."""

    job_id: str
    status: Literal["deleted"]


def sharing_row(sharing: Sharing) -> SharingRow:
    """Return whose memory is shared for the wire."""
    others = list(sharing.others[:OTHERS_SHOWN])
    return {"agent_key": sharing.agent_key, "others": others, "other_count": len(sharing.others)}


def spec_row(job: Job) -> SpecRow:
    """Return the job's spec for the wire, with the flag that counts now."""
    return cast(SpecRow, {**job.spec.to_json(), "enabled": job.enabled})


def job_row(job: Job, language: Language) -> JobRow:
    """Return `job` for the wire, its hold in `language`."""
    return {
        **spec_row(job),
        "version": job.version,
        "next_run_at": stamp_or_none(job.next_run_at),
        "last_run": _last_run_row(job),
        "hold": held_row(job, language),
        "pause": pause_row_or_none(job.paused),
    }


def switched_row(job: Job) -> SwitchedRow:
    """Return what enabling or disabling made of `job`."""
    return {"job_id": job.job_id, "status": "enabled" if job.enabled else "disabled"}


def _last_run_row(job: Job) -> LastRunRow | None:
    if job.last_run_id is None or job.last_status is None:
        return None
    row: LastRunRow = {
        "run_id": job.last_run_id,
        "status": RunStatus(job.last_status),
        "finished_at": stamp_or_none(job.last_finished_at),
    }
    return row
