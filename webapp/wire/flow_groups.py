"""Flow groups as JSON: the limit that counts and who states it, who is active, who waits."""

from runners.engine.job import Job
from runners.engine.operations import FlowGroup, FlowGroupView
from runners.engine.store.flow_groups import OWN
from webapp.wire.pauses import PauseRow, pause_row_or_none
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class FlowGroupRow(Shape):
    """`limit` is the lowest that the group itself or one of its enabled jobs states, null when none does.

    `limited_by` names up to three jobs that state it; `own_limit` is the group's own, null for none. `jobs` counts
    those that name the group, `active` its active runs, `waiting` the jobs whose slot it holds.
    """

    flow_group: str
    limit: int | None
    own_limit: int | None
    limited_by: list[str]
    jobs: int
    active: int
    waiting: int
    pause: PauseRow | None


class WaitingRow(Shape):
    """A job whose slot waits for the group, and since when."""

    job_id: str
    guard: str
    slot_at: Stamp
    since: Stamp


class FlowGroupDetailRow(FlowGroupRow):
    """The first 50 active runs, oldest first, and the first 50 jobs that wait, in the order in which they go."""

    active_runs: list[str]
    waiting_jobs: list[WaitingRow]


def flow_group_row(group: FlowGroup) -> FlowGroupRow:
    """Return `group` for the wire."""
    return {
        "flow_group": group.name,
        "limit": group.limit or None,
        "own_limit": group.own_limit or None,
        "limited_by": [who for who in group.stated_by if who != OWN],
        "jobs": group.jobs,
        "active": group.active,
        "waiting": group.waiting,
        "pause": pause_row_or_none(group.pause),
    }


def flow_group_detail_row(view: FlowGroupView) -> FlowGroupDetailRow:
    """Return a group with its runs and who waits, for the wire."""
    return {
        **flow_group_row(view.group),
        "active_runs": [run.run_id for run in view.active],
        "waiting_jobs": [row for job in view.waiting if (row := _waiting_row(job))],
    }


def _waiting_row(job: Job) -> WaitingRow | None:
    if job.held is None:
        return None
    return {
        "job_id": job.job_id,
        "guard": job.held.hold.guard,
        "slot_at": stamp(job.held.slot_at),
        "since": stamp(job.held.since),
    }
