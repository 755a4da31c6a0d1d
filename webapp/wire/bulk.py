"""Bulk operations as JSON: what was asked for, how far it is, and what became of each run."""

from datetime import datetime

from runners.engine.bulk import PER_SECOND, Action, Bulk, Item, ItemOutcome, State
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class BulkRow(Shape):
    """One bulk operation. Of its `total` runs `done` were retried or cancelled, `skipped` passed over, and `left` come next.

    While it is undone, `left` runs are still to be taken back; `undone` were, `kept` cannot be, `withdrawn` were never done.
    `held_by` names the guard that holds all of what is left, null when none does.
    """

    bulk_id: str
    action: Action
    filter: dict[str, str]
    status: State
    total: int
    left: int
    done: int
    skipped: int
    withdrawn: int
    undone: int
    kept: int
    held_by: str | None
    runs_per_sec: int
    can_be_undone: bool
    actor: str
    created_at: Stamp
    finished_at: Stamp | None
    undone_by: str | None


class BulkItemRow(Shape):
    """What became of one run. `detail` is the id of the run that was made for it, or why nothing was done."""

    run_id: str
    outcome: ItemOutcome
    detail: str


def bulk_row(bulk: Bulk, now: datetime) -> BulkRow:
    """Return the operation as it is `now`."""
    return {
        "bulk_id": bulk.bulk_id,
        "action": bulk.action,
        "filter": dict(bulk.filter),
        "status": bulk.state,
        "total": bulk.total,
        "left": bulk.left,
        "done": bulk.counts[ItemOutcome.DONE],
        "skipped": bulk.counts[ItemOutcome.SKIPPED],
        "withdrawn": bulk.counts[ItemOutcome.WITHDRAWN],
        "undone": bulk.counts[ItemOutcome.UNDONE],
        "kept": bulk.counts[ItemOutcome.KEPT],
        "held_by": bulk.held_by or None,
        "runs_per_sec": PER_SECOND,
        "can_be_undone": bulk.can_be_undone(now),
        "actor": bulk.actor,
        "created_at": stamp(bulk.created_at),
        "finished_at": stamp_or_none(bulk.finished_at),
        "undone_by": bulk.undone_by,
    }


def bulk_item_row(item: Item) -> BulkItemRow:
    """Return what became of one run."""
    return {"run_id": item.run_id, "outcome": item.outcome, "detail": item.detail}
