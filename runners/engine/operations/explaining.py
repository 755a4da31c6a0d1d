"""Why, and why not: what the guards say of a job now, when that can change, and what became of its slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runners.engine import explain as words
from runners.engine import guards
from runners.engine.guards import BLOCKED_BY_RUNS, Hold, Verdict
from runners.engine.job import Job
from runners.engine.look import LATE
from runners.engine.operations.existing import existing_job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.outlook import Outlook, outlook
from runners.engine.platform import Platform
from runners.engine.schedule import next_slot
from runners.engine.store import guard_facts
from runners.engine.store.blocking import ended_per_minute, load_blocking
from runners.engine.store.connection import Store
from runners.engine.store.ledger import DecisionFilter, Ledger, Stretch, read_ledger, read_stretch
from runners.engine.store.ticks import last_tick, takes_nothing_new
from runners.engine.words import Language, say


@dataclass(frozen=True, slots=True)
class Explanation:
    """A dry run of every guard now: the first hold, None when the job may go, and one sentence about it.

    `outlooks` says of each guard that holds when that can change, `measures` of every guard what it sees now, and its limit
    (0 for none).
    """

    job: Job
    verdicts: tuple[Verdict, ...]
    hold: Hold | None
    sentence: str
    outlooks: Mapping[str, Outlook]
    measures: Mapping[str, tuple[int, int]]


@operation(Role.VIEWER)
def explain(platform: Platform, actor: Actor, job_id: str) -> Explanation:
    """Ask every guard about the job, changing nothing. Raises NotFound, and Unreadable, which holds the job too."""
    job = existing_job(platform.store, job_id)
    facts = guard_facts.read_one(platform.store, platform.settings, job)
    hold, verdicts = guards.first_hold(job, facts), guards.verdicts(job, facts)
    outlooks = _outlooks(platform, [verdict.hold for verdict in verdicts if verdict.hold], facts.now)
    measures = guards.measured(job, facts, platform.settings.pressure_high)
    said = _sentence(platform.store, job, hold, facts.now, actor.language)
    return Explanation(job, verdicts, hold, said, outlooks, measures)


@operation(Role.VIEWER)
def decisions(
    platform: Platform, actor: Actor, job_id: str, limit: int, offset: int = 0, older_than: int | None = None
) -> Ledger:
    """Return `limit` decisions on the job, and how far back they are complete. A deleted job's are still there.

    They begin behind the newest `offset`, or behind the row of the number `older_than`.
    """
    return read_ledger(platform.store, job_id, limit, offset, older_than)


@operation(Role.VIEWER)
def list_decisions(
    platform: Platform,
    actor: Actor,
    job_id: str,
    wanted: DecisionFilter,
    limit: int,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> Stretch:
    """Return the newest decisions that pass the filter, or those just older or newer than a row. A deleted job's are still there."""
    return read_stretch(platform.store, job_id, wanted, limit, older_than, newer_than)


def _outlooks(platform: Platform, holds: list[Hold], now: datetime) -> dict[str, Outlook]:
    """Return when each hold can change; costs nothing when nothing holds the job."""
    names = {name for hold in holds if hold.guard in BLOCKED_BY_RUNS for name in hold.blocked_by}
    blocking = load_blocking(platform.store, names) if names else []
    per_minute = ended_per_minute(platform.store) if any(hold.guard == "pressure" for hold in holds) else 0
    return {
        hold.guard: outlook(hold, now, [each for each in blocking if each.run.run_id in hold.blocked_by], per_minute)
        for hold in holds
    }


def _sentence(store: Store, job: Job, hold: Hold | None, now: datetime, language: Language) -> str:
    if hold:
        return words.sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=language)
    at = words.moment(job.next_slot_at) if job.next_slot_at else ""
    return say(f"idle.{_idle(job, now) or _overdue(store, job, now) or 'due'}", language, at=at)


def _overdue(store: Store, job: Job, now: datetime) -> str | None:
    """Return why the job's slot is due for a while and nobody has looked at it; None when it is not, or somebody ticks."""
    if job.next_run_at is None or now - job.next_run_at <= LATE:
        return None
    if now - last_tick(store) <= LATE:
        return None
    return "full" if takes_nothing_new(store) else "unattended"


def _idle(job: Job, now: datetime) -> str | None:
    if not job.enabled:
        return "disabled"
    if job.next_slot_at is None:
        return "unscheduled" if job.spec.schedule is None else "over"
    following = next_slot(job.spec.schedule, now, job.anchor_at) if job.spec.schedule else None
    return "decided" if following and following < job.next_slot_at else None
