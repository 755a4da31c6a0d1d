"""Why a job did, or did not, run at one time: one answer out of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from runners.engine.decision import Decision
from runners.engine.explain import moment, sentence, told
from runners.engine.job import Held, Job
from runners.engine.operations.existing import existing_job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.ledger import Ledger, read_whole
from runners.engine.words import Language, say

Case = Literal["decided", "held", "ahead", "dropped", "unmade", "nothing"]


@dataclass(frozen=True, slots=True)
class Then:
    """What became of a job from `at` to before `until`.

    `found` are the decisions on slots and requests of that time, earliest first; `before` and `after` the nearest ones around
    it. `held` is the job's hold while it began before that time's end and goes on. `case` is decided, held, ahead, unmade, dropped
    or nothing.
    """

    job: Job
    at: datetime
    until: datetime
    found: tuple[Decision, ...]
    before: Decision | None
    after: Decision | None
    held: Held | None
    case: Case
    complete_since: datetime | None

    def said(self, language: Language) -> str:
        """Return the answer in one sentence."""
        if self.found:
            return told(self.found[0], language)
        if self.held:
            return say("then.held", language, **_held_parts(self.job, self.held, language))
        since = self.complete_since if self.case == "dropped" else self.job.created_at
        return say(f"then.{self.case}", language, at=moment(since) if since else "")


@operation(Role.VIEWER)
def why_then(platform: Platform, actor: Actor, job_id: str, at: datetime, length: timedelta) -> Then:
    """Say what became of the job in the `length` from `at` on, changing nothing. Raises NotFound; three round trips."""
    job, now = existing_job(platform.store, job_id), platform.store.now()
    ledger, until = read_whole(platform.store, job_id), at + length
    rows = sorted(ledger.decisions, key=lambda row: (row.asked, row.slot_at))
    found = tuple(row for row in rows if _is_of(row, at, until))
    held = job.held if not found and job.held and _waits(job.held, at, until) and at <= now else None
    return Then(
        job,
        at,
        until,
        found,
        before=max((row for row in rows if row.last_slot_at < at), key=lambda row: row.last_slot_at, default=None),
        after=min((row for row in rows if row.slot_at >= until), key=lambda row: row.slot_at, default=None),
        held=held,
        case=_case(job, ledger, at, until, now, found, held),
        complete_since=ledger.complete_since,
    )


def _is_of(row: Decision, at: datetime, until: datetime) -> bool:
    """Say whether the row speaks of that time: a stretch of slots covers all of it, requests only their first and last."""
    if row.asked:
        return at <= row.slot_at < until or at <= row.last_slot_at < until
    return row.slot_at < until and row.last_slot_at >= at


def _waits(held: Held, at: datetime, until: datetime) -> bool:
    """Say whether the held slot is of that time; a paused job's slots behind it are not counted yet."""
    return held.slot_at < until and (held.slot_at >= at or held.hold.guard == "paused")


def _case(
    job: Job,
    ledger: Ledger,
    at: datetime,
    until: datetime,
    now: datetime,
    found: Sequence[Decision],
    held: Held | None,
) -> Case:
    if found or held:
        return "decided" if found else "held"
    if at > now:
        return "ahead"
    if ledger.dropped and ledger.complete_since and at < ledger.complete_since:
        return "dropped"
    return "unmade" if until <= job.created_at else "nothing"


def _held_parts(job: Job, held: Held, language: Language) -> dict[str, str]:
    why = sentence(held.hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=language)
    return {"guard": say(f"guard.{held.hold.guard}", language), "slot": moment(held.slot_at), "why": why}
