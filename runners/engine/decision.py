"""The decision on a slot, or on a run that somebody asked for, and its row in the ledger.

A row is text, at most 200 bytes, fields joined by '|':
verdict|first slot|last slot|count|decided at|guard or reason|observed|limit|blockers joined by ','|blockers' count|run id|
source|what the guards saw (`seen.py`)
Repeats of the same verdict coalesce: `first slot`, `last slot` and `count` tell the run length. The source is '' for a slot;
a run that was asked for has no slot: the times of its row are those at which it was asked for.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from runners.engine import clock
from runners.engine.guards import Hold
from runners.engine.run import at
from runners.engine.seen import verdict, witnessed

SCHEDULE = "schedule"
LONGEST_ROW = 200
NOT_RUNS = {"pending_approval", "paused"}
"""Guards whose blockers are no runs."""
LEDGER_KEPT = 1000
"""Rows kept per job; older ones are dropped, oldest first."""


class Outcome(StrEnum):
    """How a slot, or a request for a run, ended; `held` is not an end and lives in the job record."""

    DISPATCHED = "dispatched"
    SKIPPED = "skipped"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Decision:
    """One ledger row: `count` slots from `slot_at` to `last_slot_at` with the same verdict.

    `reason` is the guard of a skip, the reason of a miss (`look.MISSES`), or ''.
    A `source` other than `schedule` means that the run was asked for, at `slot_at`. `seen` is '' for a miss, which no
    guard decides, and in rows of older versions.
    """

    outcome: Outcome
    slot_at: datetime
    last_slot_at: datetime
    count: int
    decided_at: datetime
    reason: str = ""
    observed: int = 0
    limit: int = 0
    blocked_by: tuple[str, ...] = ()
    blocked_count: int = 0
    run_id: str | None = None
    source: str = SCHEDULE
    seen: str = ""

    @property
    def asked(self) -> bool:
        """True when somebody asked for the run; the row is about no slot then."""
        return self.source != SCHEDULE

    @property
    def hold(self) -> Hold | None:
        """The hold behind a skip; None otherwise."""
        if self.outcome is not Outcome.SKIPPED:
            return None
        return Hold(self.reason, self.observed, self.limit, self.blocked_by, self.blocked_count)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the guards of today say of a stored decision's facts, and whether it is what was decided."""

    outcome: Outcome
    reason: str
    same: bool


def dispatched(slot_at: datetime, now: datetime, run_id: str, seen: str = "", source: str = SCHEDULE) -> Decision:
    """The slot became a run, or the run that was asked for at `slot_at` was made."""
    return Decision(Outcome.DISPATCHED, slot_at, slot_at, 1, now, run_id=run_id, source=source, seen=seen)


def skipped(slot_at: datetime, now: datetime, hold: Hold, seen: str = "", source: str = SCHEDULE) -> Decision:
    """The slot ended while a guard held it, or the run that was asked for at `slot_at` was refused."""
    return Decision(
        Outcome.SKIPPED,
        slot_at,
        slot_at,
        1,
        now,
        hold.guard,
        hold.observed,
        hold.limit,
        hold.blocked_by,
        hold.blocked_count,
        source=source,
        seen=seen,
    )


def missed(first: datetime, last: datetime, count: int, now: datetime, reason: str) -> Decision:
    """No scheduler looked at these slots in time."""
    return Decision(Outcome.MISSED, first, last, count, now, reason)


def replay(decision: Decision) -> Replayed | None:
    """Ask the guards of today about what they saw then; None when the row does not say it."""
    if not decision.seen:
        return None
    hold = verdict(witnessed(decision.seen, decision.decided_at, decision.blocked_by, asked=decision.asked))
    outcome, reason = (Outcome.SKIPPED, hold.guard) if hold else (Outcome.DISPATCHED, "")
    return Replayed(outcome, reason, (outcome, reason) == (decision.outcome, decision.reason))


def encode(decision: Decision) -> str:
    """Return the ledger row; of the blockers it names as many as there is room for."""
    row = _encode(decision)
    while len(row) > LONGEST_ROW and decision.blocked_by:
        decision = replace(decision, blocked_by=decision.blocked_by[:-1])
        row = _encode(decision)
    return row


def _encode(decision: Decision) -> str:
    # a run id is the blocker most often; its constant first four letters are left out
    blockers = ",".join(name.removeprefix("run_") for name in decision.blocked_by)
    return "|".join(
        (
            decision.outcome[0],
            str(clock.to_ms(decision.slot_at)),
            str(clock.to_ms(decision.last_slot_at)),
            str(decision.count),
            str(clock.to_ms(decision.decided_at)),
            decision.reason,
            str(decision.observed),
            str(decision.limit),
            blockers,
            str(decision.blocked_count),
            decision.run_id or "",
            decision.source if decision.asked else "",
            decision.seen,
        )
    )


def decode(row: str) -> Decision:
    """Read a ledger row, also one of an older version. Raises KeyError or ValueError when it is none."""
    parts = row.split("|")
    outcome, first, last, count, decided, reason, observed, limit, blockers, blocked_count, run_id = parts[:11]
    source, seen = parts[11:] or ("", "")
    return Decision(
        outcome=_OUTCOMES[outcome],
        slot_at=_moment(first),
        last_slot_at=_moment(last),
        count=int(count),
        decided_at=_moment(decided),
        reason=reason,
        observed=int(observed),
        limit=int(limit),
        blocked_by=tuple(name if reason in NOT_RUNS else f"run_{name}" for name in blockers.split(",") if name),
        blocked_count=int(blocked_count),
        run_id=run_id or None,
        source=source or SCHEDULE,
        seen=seen,
    )


_OUTCOMES = {outcome[0]: outcome for outcome in Outcome}


def _moment(text: str) -> datetime:
    moment = at(text)
    if moment is None:
        raise ValueError("ledger row without a time")
    return moment
