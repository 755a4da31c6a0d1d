"""`report.daily`: what happened in the 24 hours before the run was due, kept as the run's output."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from pydantic import BaseModel

from runners.engine import clock
from runners.engine.decision import LEDGER_KEPT, Decision, Outcome
from runners.engine.events import EventType
from runners.engine.handler import Context, handler
from runners.engine.notifications.report import report_lines
from runners.engine.run import Run, base32
from runners.engine.store.connection import Store
from runners.engine.store.event_log import between, walk
from runners.engine.store.jobs import all_ids
from runners.engine.store.ledger import read_ledger
from runners.engine.store.runs import load_runs, runs_in
from runners.engine.words import Language
from runners.handlers.digest import Digest, Window

COVERED = timedelta(hours=24)
LOOKED_BACK = timedelta(hours=24)
"""How long before the window the runs of all jobs are looked at; what is older and ended in it stands in the log of events."""
ENDS = (EventType.RUN_COMPLETED, EventType.RUN_FAILED, EventType.RUN_CANCELLED)
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
    """Yield what may belong to the window, each once, but not this run itself."""
    earliest = window.start_at - LOOKED_BACK
    for run in chain(
        runs_in(ctx.platform.store, earliest, window.end_at), _older(ctx.platform.store, window, earliest)
    ):
        if run.run_id != ctx.run_id:
            yield run


def _older(store: Store, window: Window, earliest: datetime) -> Iterator[Run]:
    """Yield what was created before `earliest` and ended in the window: it waited for a person, in the queue, or for an attempt.

    A run's id begins with its slot or creation, whichever is earlier, so most ends are passed over by their ids.
    """
    oldest_looked_at = f"run_{base32(clock.to_ms(earliest))}"
    for rows in walk(store, None, between(window.start_at, window.end_at), forward=True):
        ended = [row.run_id for row in rows if row.type in ENDS and row.run_id < oldest_looked_at]
        yield from (run for run in load_runs(store, ended).values() if run.created_at < earliest)


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
