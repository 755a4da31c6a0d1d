"""Bulk operations on jobs as JSON: what one would come to, how far it is, and what became of each job."""

from datetime import datetime

from runners.engine.bulk import PER_SECOND, Action, Bulk, Item, ItemOutcome, State
from runners.engine.job_bulk import Does, Fate, told
from runners.engine.operations import Plan
from runners.engine.words import Language
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class FateRow(Shape):
    """What would become of one job, chosen at `version` (empty: it is not there); `why` says what, or why nothing."""

    job_id: str
    version: str
    does: Does
    why: str


class JobPlanRow(Shape):
    """What an operation would come to. Of `total` jobs some change, some are so already, and some are refused.

    `digest` names these jobs at these versions: sent back, it has the operation begin only if they are the same.
    """

    action: Action
    total: int
    change: int
    unchanged: int
    refused: int
    digest: str
    jobs: list[FateRow]


class JobBulkRow(Shape):
    """One operation. Of its `total` jobs `done` were changed, `skipped` left alone, and `left` come next.

    `withdrawn` jobs were not done within a day, or before it was undone, and never will be. While it is undone, `left` jobs
    are still to be taken back; `undone` were, `kept` are not as the operation left them.
    """

    bulk_id: str
    action: Action
    filter: dict[str, str]
    tag: str | None
    cancel: bool
    status: State
    total: int
    left: int
    done: int
    skipped: int
    withdrawn: int
    undone: int
    kept: int
    jobs_per_sec: int
    can_be_undone: bool
    actor: str
    created_at: Stamp
    finished_at: Stamp | None
    undone_by: str | None


class JobBulkItemRow(Shape):
    """What became of one job. `detail` is the id of the run that was made, the version that the job has now, or why nothing was done."""

    job_id: str
    outcome: ItemOutcome
    detail: str


def job_plan_row(action: Action, plan: Plan, language: Language) -> JobPlanRow:
    """Return the plan."""
    return {
        "action": action,
        "total": len(plan.fates),
        "change": plan.counts[Does.CHANGE],
        "unchanged": plan.counts[Does.UNCHANGED],
        "refused": plan.counts[Does.REFUSED],
        "digest": plan.digest,
        "jobs": [fate_row(fate, language) for fate in plan.fates],
    }


def fate_row(fate: Fate, language: Language) -> FateRow:
    """Return what would become of one job."""
    return {"job_id": fate.job_id, "version": fate.version, "does": fate.does, "why": fate.said(language)}


def job_bulk_row(bulk: Bulk, now: datetime) -> JobBulkRow:
    """Return the operation as it is `now`."""
    return {
        "bulk_id": bulk.bulk_id,
        "action": bulk.action,
        "filter": dict(bulk.filter),
        "tag": bulk.tag or None,
        "cancel": bulk.cancels,
        "status": bulk.state,
        "total": bulk.total,
        "left": bulk.left,
        "done": bulk.counts[ItemOutcome.DONE],
        "skipped": bulk.counts[ItemOutcome.SKIPPED],
        "withdrawn": bulk.counts[ItemOutcome.WITHDRAWN],
        "undone": bulk.counts[ItemOutcome.UNDONE],
        "kept": bulk.counts[ItemOutcome.KEPT],
        "jobs_per_sec": PER_SECOND,
        "can_be_undone": bulk.can_be_undone(now),
        "actor": bulk.actor,
        "created_at": stamp(bulk.created_at),
        "finished_at": stamp_or_none(bulk.finished_at),
        "undone_by": bulk.undone_by,
    }


def job_bulk_item_row(item: Item, language: Language) -> JobBulkItemRow:
    """Return what became of one job."""
    return {"job_id": item.job_id, "outcome": item.outcome, "detail": told(item.detail, language)}
