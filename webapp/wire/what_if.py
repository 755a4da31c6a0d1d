"""What a job's slots would have come to under other guards, as JSON."""

from typing import Any, Literal

from runners.engine.operations import WhatIf
from runners.engine.what_if import Again
from runners.engine.words import Language, say
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class OutcomesRow(Shape):
    """How many slots and requests came to what."""

    dispatched: int
    skipped: int
    missed: int
    held: int


class DecidedRow(Shape):
    """What one slot came to and when that was settled; `reason` is the guard, or why it was missed."""

    decision: Literal["dispatched", "skipped", "missed", "held"]
    reason: str | None
    words: str
    at: Stamp


class WhatIfSlotRow(Shape):
    """One slot, or one request for a run (`source` says whose), as it was decided and as it would have been."""

    at: Stamp
    source: str
    recorded: DecidedRow
    replayed: DecidedRow
    same: bool


class WhatIfRow(Shape):
    """The replay: `slots` from `since` to `until`, of which `changed` come out otherwise.

    `agreeing` come out as they were when nothing is changed; `assumptions` say what is taken for granted.
    """

    job_id: str
    inputs: dict[str, Any]
    since: Stamp
    until: Stamp
    slots: int
    changed: int
    agreeing: int
    recorded: OutcomesRow
    replayed: OutcomesRow
    assumptions: list[str]
    rows: list[WhatIfSlotRow]


def what_if_row(found: WhatIf, shown: list[Again], language: Language) -> WhatIfRow:
    """Return the replay with the rows to show, in `language` where it speaks."""
    return {
        "job_id": found.job.job_id,
        "inputs": dict(found.changes),
        "since": stamp(found.since),
        "until": stamp(found.until),
        "slots": len(found.rows),
        "changed": len(found.changed),
        "agreeing": found.agreeing,
        "recorded": _outcomes_row(found.recorded),
        "replayed": _outcomes_row(found.replayed),
        "assumptions": found.said(language),
        "rows": [_slot_row(again, language) for again in shown],
    }


def _outcomes_row(counted: dict[str, int]) -> OutcomesRow:
    return {
        "dispatched": counted["dispatched"],
        "skipped": counted["skipped"],
        "missed": counted["missed"],
        "held": counted["held"],
    }


def _slot_row(again: Again, language: Language) -> WhatIfSlotRow:
    was = again.recorded.decision
    return {
        "at": stamp(again.recorded.at),
        "source": was.source,
        "recorded": _decided(was.outcome, was.reason, stamp(was.decided_at), language),
        "replayed": _decided(again.outcome, again.reason, stamp(again.at), language),
        "same": again.same,
    }


def _decided(outcome: Any, reason: str, at: Stamp, language: Language) -> DecidedRow:
    guarded = outcome in ("skipped", "held")
    told = say(f"guard.{reason}", language) if guarded else say(f"missed.{reason}", language) if reason else ""
    return {"decision": outcome, "reason": reason or None, "words": told, "at": at}
