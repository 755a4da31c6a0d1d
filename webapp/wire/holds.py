"""A hold as JSON: which guard waits, what it saw, what blocks it, until when, and the same in words."""

from runners.engine.explain import sentence
from runners.engine.guards import Hold
from runners.engine.job import Job
from runners.engine.outlook import Outlook
from runners.engine.words import Language
from webapp.wire.pauses import PauseRow, pause_row_or_none
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class HoldRow(Shape):
    """`until` is null when no clock tells; `blocked_by` keeps three ids, `blocked_count` counts all.

    `pause` is the pause that decides, of the guard `paused`; null for all others.
    """

    guard: str
    observed: int
    limit: int
    blocked_by: list[str]
    blocked_count: int
    until: Stamp | None
    pause: PauseRow | None


class HeldRow(HoldRow):
    """The slot of a job that waits now: since when it waits, and why, in one sentence."""

    slot_at: Stamp
    since: Stamp
    reason: str


class OutlookRow(Shape):
    """When a hold can change, in one sentence; `at` is null when no time can be told, and may be `estimated`."""

    at: Stamp | None
    estimated: bool
    sentence: str


def outlook_row(outlook: Outlook, language: Language) -> OutlookRow:
    """Return `outlook` for the wire, in `language`."""
    return {"at": stamp_or_none(outlook.at), "estimated": outlook.estimated, "sentence": outlook.said(language)}


def hold_row(hold: Hold) -> HoldRow:
    """Return `hold` for the wire."""
    return {
        "guard": hold.guard,
        "observed": hold.observed,
        "limit": hold.limit,
        "blocked_by": list(hold.blocked_by),
        "blocked_count": hold.blocked_count,
        "until": stamp_or_none(hold.until),
        "pause": pause_row_or_none(hold.pause),
    }


def held_row(job: Job, language: Language) -> HeldRow | None:
    """Return why `job` waits now, in `language`, or None when nothing holds it."""
    if job.held is None:
        return None
    hold = job.held.hold
    return {
        **hold_row(hold),
        "slot_at": stamp(job.held.slot_at),
        "since": stamp(job.held.since),
        "reason": sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=language),
    }
