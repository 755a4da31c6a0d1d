"""The decision on a slot, and its row in the ledger.

A row is text, at most 200 bytes, fields joined by '|':
verdict|first slot|last slot|count|decided at|guard or reason|observed|limit|blockers joined by ','|blockers' count|run id
Repeats of the same verdict coalesce: `first slot`, `last slot` and `count` tell the run length.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runners.engine import clock
from runners.engine.guards import Hold
from runners.engine.run import at

LEDGER_KEPT = 1000
"""Rows kept per job; older ones are dropped, oldest first."""


class Outcome(StrEnum):
    """How a slot ended; `held` is not an end and lives in the job record."""

    DISPATCHED = "dispatched"
    SKIPPED = "skipped"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Decision:
    """One ledger row: `count` slots from `slot_at` to `last_slot_at` with the same verdict.

    `reason` is the guard of a skip, the reason of a miss (`coalesced`, `over_100`,
    `policy_skip`, `too_late`), or ''.
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

    @property
    def hold(self) -> Hold | None:
        """The hold behind a skip; None otherwise."""
        if self.outcome is not Outcome.SKIPPED:
            return None
        return Hold(self.reason, self.observed, self.limit, self.blocked_by, self.blocked_count)


def dispatched(slot_at: datetime, now: datetime, run_id: str) -> Decision:
    """The slot became a run."""
    return Decision(Outcome.DISPATCHED, slot_at, slot_at, 1, now, run_id=run_id)


def skipped(slot_at: datetime, now: datetime, hold: Hold) -> Decision:
    """The slot ended while a guard held it."""
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
    )


def missed(first: datetime, last: datetime, count: int, now: datetime, reason: str) -> Decision:
    """No scheduler looked at these slots in time."""
    return Decision(Outcome.MISSED, first, last, count, now, reason)


def encode(decision: Decision) -> str:
    """Return the ledger row."""
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
        )
    )


def decode(row: str) -> Decision:
    """Read a ledger row. Raises KeyError or ValueError when it is none."""
    verdict, first, last, count, decided, reason, observed, limit, blockers, blocked_count, run_id = row.split("|")
    return Decision(
        outcome=_OUTCOMES[verdict],
        slot_at=_moment(first),
        last_slot_at=_moment(last),
        count=int(count),
        decided_at=_moment(decided),
        reason=reason,
        observed=int(observed),
        limit=int(limit),
        blocked_by=tuple(
            f"run_{name}" if reason != "pending_approval" else name for name in blockers.split(",") if name
        ),
        blocked_count=int(blocked_count),
        run_id=run_id or None,
    )


_OUTCOMES = {outcome[0]: outcome for outcome in Outcome}


def _moment(text: str) -> datetime:
    moment = at(text)
    if moment is None:
        raise ValueError("ledger row without a time")
    return moment
