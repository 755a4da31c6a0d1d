"""`report.daily`: what happened in the 24 hours before the run was due, kept as the run's output."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel

from runners.engine.decision import LEDGER_KEPT, Decision, Outcome
from runners.engine.handler import Context, handler
from runners.engine.notifications.report import report_lines
from runners.engine.run import Run
from runners.engine.store.connection import Store
from runners.engine.store.jobs import all_ids
from runners.engine.store.ledger import read_ledger
from runners.engine.store.runs import runs_in
from runners.engine.words import Language
from runners.handlers.digest import Digest, Window

COVERED = timedelta(hours=24)
LONGEST_RUN = timedelta(hours=24)  # a run that ended in the window began at most its longest timeout before it
CHECK_EVERY = 500


class ReportInputs(BaseModel, extra="forbid", frozen=True):
    """There is nothing to choose."""


@handler("report.daily", inputs=ReportInputs, isolation="thread")
def daily(ctx: Context, inputs: ReportInputs) -> dict[str, object]:
    """Sum up the last 24 hours: runs by status and job, failures, the slowest, slots skipped by guard."""
    window = Window(ctx.scheduled_at - COVERED, ctx.scheduled_at)
    digest = Digest(window)
    for number, run in enumerate(_candidates(ctx, window)):
        if number % CHECK_EVERY == 0:
            ctx.check()
        digest.add(run)
    for job_id in all_ids(ctx.platform.store):
        ctx.check()
        _add_skips(digest, ctx.platform.store, job_id)
    report = digest.to_json()
    return report | {"text": "\n".join(report_lines(report, Language.EN))}


def _candidates(ctx: Context, window: Window) -> Iterator[Run]:
    """Yield what may belong to the window, but not this run itself."""
    for run in runs_in(ctx.platform.store, window.start_at - LONGEST_RUN, window.end_at):
        if run.run_id != ctx.run_id:
            yield run


def _add_skips(digest: Digest, store: Store, job_id: str) -> None:
    found = read_ledger(store, job_id, LEDGER_KEPT)
    for row in found.decisions:
        if row.outcome is Outcome.SKIPPED and not row.asked:
            digest.skipped[row.reason] += slots_within(row, digest.window.start_at, digest.window.end_at)
    if found.dropped and found.complete_since and found.complete_since > digest.window.start_at:
        digest.skipped_complete = False


def slots_within(row: Decision, start: datetime, end: datetime) -> int:
    """Return how many of the row's slots fall from `start` to before `end`.

    A row keeps only its first and last slot; of one that reaches beyond the window its share of the time counts.
    """
    if row.last_slot_at < start or row.slot_at >= end:
        return 0
    length = row.last_slot_at - row.slot_at
    if not length:
        return row.count
    inside = min(row.last_slot_at, end) - max(row.slot_at, start)
    return max(1, round(row.count * (inside / length)))
