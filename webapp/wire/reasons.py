"""Why something did not run, and how full its minutes are, as JSON: one time of one job, the coming day, and what is held by what."""

from datetime import datetime

from runners.engine.coming_day import ComingDay
from runners.engine.job import Job
from runners.engine.operations import Crowded, Then
from runners.engine.operations.then import Case
from runners.engine.store.held import HeldBy
from runners.engine.words import Language
from webapp.wire.holds import HeldRow, held_row
from webapp.wire.job_facts import DecisionRow, decision_row
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none

PEAKS, DUE_NAMED = 10, 20


class ThenRow(Shape):
    """What became of a job from `at` to before `until`, in one sentence; `decisions` are those of that time, earliest first.

    `before` and `after` are the nearest ones around it. `hold` is what holds the job since then. `case` is `decided` by the
    ledger, `held` still, `ahead` of now, before the job was made (`unmade`), or `nothing`: no slot; `dropped` says that the
    ledger does not reach back so far: it is complete from `complete_since` on.
    """

    job_id: str
    at: Stamp
    until: Stamp
    case: Case
    sentence: str
    decisions: list[DecisionRow]
    before: DecisionRow | None
    after: DecisionRow | None
    hold: HeldRow | None
    complete_since: Stamp | None


class JobCrowdingRow(Shape):
    """How many other jobs fall due in the fullest minute of the job's coming day, and when; null for a job without slots.

    `better_minute` is the minute of the hour to which it had better move, where at most `best` others fall due with it;
    `better_cron` is its expression moved there, null where it names no single minute.
    """

    job_id: str
    peak: int | None
    at: Stamp | None
    better_minute: int | None
    best: int | None
    better_cron: str | None
    sentence: str | None


class PeakRow(Shape):
    """A minute that stands out, how many jobs fall due in it, and the first 20 of them."""

    at: Stamp
    jobs: int
    due: list[str]


class DayCrowdingRow(Shape):
    """The 24 hours from `start` on: how many jobs are due in it, in how many the middle minute, and the fullest minutes.

    `left_out` counts the jobs whose interval a guard holds: when their slots go on is not known.
    """

    start: Stamp
    jobs: int
    usual: int
    left_out: int
    peaks: list[PeakRow]


class HeldJobRow(HeldRow):
    """A job whose slot waits, since when, and why in one sentence."""

    job_id: str


class BlockerRow(Shape):
    """What jobs wait for, such as `flow:bank` or `everything`, and how many do."""

    blocker: str
    jobs: int


class HeldByRow(Shape):
    """How many jobs one guard holds, by what, and those with the oldest slots, at most five; `guard` is null where it is not known."""

    guard: str | None
    jobs: int
    blockers: list[BlockerRow]
    first: list[HeldJobRow]


def then_row(then: Then, language: Language) -> ThenRow:
    """Return the answer for the wire, its sentences in `language`."""
    return {
        "job_id": then.job.job_id,
        "at": stamp(then.at),
        "until": stamp(then.until),
        "case": then.case,
        "sentence": then.said(language),
        "decisions": [decision_row(decision, language) for decision in then.found],
        "before": decision_row(then.before, language) if then.before else None,
        "after": decision_row(then.after, language) if then.after else None,
        "hold": held_row(then.job, language) if then.held else None,
        "complete_since": stamp_or_none(then.complete_since),
    }


def job_crowding_row(job_id: str, crowded: Crowded | None, language: Language) -> JobCrowdingRow:
    """Return how crowded a job's minutes are, for the wire."""
    found = crowded.found if crowded else None
    return {
        "job_id": job_id,
        "peak": found.peak if found else None,
        "at": stamp_or_none(found.at) if found else None,
        "better_minute": found.minute if found else None,
        "best": found.best if found and found.minute is not None else None,
        "better_cron": crowded.better if crowded else None,
        "sentence": crowded.said(language) if crowded else None,
    }


def day_crowding_row(day: ComingDay) -> DayCrowdingRow:
    """Return the coming day for the wire."""
    return {
        "start": stamp(day.start),
        "jobs": len(day.coming),
        "usual": day.usual,
        "left_out": day.left_out,
        "peaks": [{"at": stamp(peak.at), "jobs": peak.jobs, "due": _due(day, peak.at)} for peak in day.peaks(PEAKS)],
    }


def held_by_row(held: HeldBy, jobs: list[Job], language: Language) -> HeldByRow:
    """Return what one guard holds, for the wire."""
    rows = ((job.job_id, held_row(job, language)) for job in jobs)
    return {
        "guard": held.guard or None,
        "jobs": held.count,
        "blockers": [{"blocker": name, "jobs": count} for name, count in held.blockers],
        "first": [{**row, "job_id": job_id} for job_id, row in rows if row],
    }


def _due(day: ComingDay, at: datetime) -> list[str]:
    place = day.place_of(at)
    return day.due_in(place)[:DUE_NAMED] if place is not None else []
