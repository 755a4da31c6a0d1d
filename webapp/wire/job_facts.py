"""What is known of a job beside its spec: failure memory, decisions, verdicts of its guards, coming fire times."""

from datetime import datetime
from typing import NotRequired

from runners.engine.decision import Decision, Outcome, Replayed, replay
from runners.engine.explain import past
from runners.engine.forecast import FireTime
from runners.engine.guards import Verdict
from runners.engine.operations import Explanation
from runners.engine.store.failure_memory import FailureMemory
from runners.engine.words import Language
from webapp.wire.holds import HoldRow, OutlookRow, hold_row, outlook_row
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class MemoryRow(Shape):
    """How often the job failed in a row, and how long it cools down."""

    job_id: str
    consecutive_failures: int
    cooldown_until: Stamp | None
    cooldown_remaining_sec: float
    last_error: str | None
    last_failure_at: Stamp | None
    last_success_at: Stamp | None


class ReplayRow(Shape):
    """What the guards of today say of what they saw then, and whether that is what was decided."""

    decision: Outcome
    reason: str | None
    same: bool


class DecisionRow(Shape):
    """`count` slots from `slot_at` to `last_slot_at` that ended alike; `reason` is the guard, or why a slot was missed.

    A run that somebody asked for has no slot: `source` says who, `asked_at` when (the first time, if `count` were refused
    alike). `replay` is null for slots that no guard decides.
    """

    decision: Outcome
    source: str
    slot_at: Stamp | None
    last_slot_at: Stamp | None
    asked_at: Stamp | None
    count: int
    decided_at: Stamp
    reason: str | None
    observed: int
    limit: int
    blocked_by: list[str]
    blocked_count: int
    run_id: str | None
    sentence: str
    replay: NotRequired[ReplayRow | None]


class VerdictRow(Shape):
    """What one guard says now; `hold` is null when it lets the job pass, `outlook` says when a hold can change.

    `observed` is what it sees, whether it holds or not, `limit` the value that matters; 0 where it has none.
    """

    guard: str
    passes: bool
    observed: int
    limit: int
    hold: HoldRow | None
    outlook: OutlookRow | None


class ExplanationRow(Shape):
    """Every guard's verdict in their order, and the first hold in one sentence."""

    job_id: str
    verdicts: list[VerdictRow]
    hold: HoldRow | None
    sentence: str
    outlook: OutlookRow | None


class FireTimeRow(Shape):
    """One coming slot; `local` carries the offset of the schedule's zone, `note` what there is to know of it.

    `crowd` counts other jobs due in the same second, as far as it is known now; `hold` is what would hold the slot now, of
    the next one only.
    """

    at: Stamp
    local: str
    note: str
    likely_overlap: bool
    crowd: int
    hold: HoldRow | None


def memory_row(job_id: str, memory: FailureMemory, now: datetime) -> MemoryRow:
    """Return `memory` as it is `now`."""
    return {
        "job_id": job_id,
        "consecutive_failures": memory.consecutive_failures,
        "cooldown_until": stamp_or_none(memory.cooldown_until),
        "cooldown_remaining_sec": round(memory.cooldown_remaining(now).total_seconds(), 3),
        "last_error": memory.last_error,
        "last_failure_at": stamp_or_none(memory.last_failure_at),
        "last_success_at": stamp_or_none(memory.last_success_at),
    }


def decision_row(decision: Decision, language: Language, *, replayed: bool = False) -> DecisionRow:
    """Return one row of the ledger, its reason in `language`; with `replayed` the guards are asked again."""
    row: DecisionRow = {
        "decision": decision.outcome,
        "source": decision.source,
        "slot_at": None if decision.asked else stamp(decision.slot_at),
        "last_slot_at": None if decision.asked else stamp(decision.last_slot_at),
        "asked_at": stamp(decision.slot_at) if decision.asked else None,
        "count": decision.count,
        "decided_at": stamp(decision.decided_at),
        "reason": decision.reason or None,
        "observed": decision.observed,
        "limit": decision.limit,
        "blocked_by": list(decision.blocked_by),
        "blocked_count": decision.blocked_count,
        "run_id": decision.run_id,
        "sentence": past(decision, language),
    }
    if replayed:
        row["replay"] = _replay_row(replay(decision))
    return row


def explanation_row(explanation: Explanation, language: Language) -> ExplanationRow:
    """Return why the job would, or would not, go out now, and when that can change, in `language`."""
    outlooks = {guard: outlook_row(outlook, language) for guard, outlook in explanation.outlooks.items()}
    return {
        "job_id": explanation.job.job_id,
        "verdicts": [
            _verdict_row(verdict, explanation.measures[verdict.guard], outlooks.get(verdict.guard))
            for verdict in explanation.verdicts
        ],
        "hold": hold_row(explanation.hold) if explanation.hold else None,
        "sentence": explanation.sentence,
        "outlook": outlooks.get(explanation.hold.guard) if explanation.hold else None,
    }


def fire_time_row(time: FireTime, language: Language) -> FireTimeRow:
    """Return one coming slot, its notes in `language`."""
    return {
        "at": stamp(time.at_utc),
        "local": time.local.isoformat(timespec="milliseconds"),
        "note": "; ".join(note.said(language) for note in time.notes),
        "likely_overlap": any(note.kind == "overlap" for note in time.notes),
        "crowd": time.crowd,
        "hold": hold_row(time.hold) if time.hold else None,
    }


def _replay_row(found: Replayed | None) -> ReplayRow | None:
    return {"decision": found.outcome, "reason": found.reason or None, "same": found.same} if found else None


def _verdict_row(verdict: Verdict, measure: tuple[int, int], outlook: OutlookRow | None) -> VerdictRow:
    hold, (observed, limit) = hold_row(verdict.hold) if verdict.hold else None, measure
    return {
        "guard": verdict.guard,
        "passes": hold is None,
        "observed": observed,
        "limit": limit,
        "hold": hold,
        "outlook": outlook,
    }
