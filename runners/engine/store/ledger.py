"""Reading the decision ledger: what became of each slot of a job, and of each run that somebody asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runners.engine.decision import LEDGER_KEPT, Decision, Outcome, decode
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Ledger:
    """The newest decisions on a job, newest first.

    `kept` counts the rows that there are, `dropped` the older ones that went; from `complete_since` on, the slot of the
    oldest row, nothing is missing (None when there is no row). `older` is the number of the row behind which older ones are
    asked for, None where the ledger ends.
    """

    decisions: list[Decision]
    kept: int
    dropped: int
    complete_since: datetime | None
    older: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which rows to list; None lets all pass. `reason` is the guard of a skip, or why a slot was missed."""

    outcome: Outcome | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row; its `number` stays the same as long as it is kept. `decision` is None when it cannot be read."""

    number: int
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows that pass a filter, newest first, of `total` that do.

    `older` and `newer` are the numbers from which the neighbouring rows are asked for; None where the ledger ends.
    """

    rows: tuple[Row, ...]
    total: int
    older: int | None
    newer: int | None
    ledger: Ledger


def read_ledger(store: Store, job_id: str, limit: int, offset: int = 0, older_than: int | None = None) -> Ledger:
    """Return `limit` decisions on the job, without rows that cannot be read; one round trip.

    They begin behind the newest `offset`, or behind the row of the number `older_than`.
    """
    if older_than is None:
        texts, ledger = _read(store, job_id, limit, offset)
        end = ledger.dropped + ledger.kept - offset
    else:
        whole, ledger = _read(store, job_id, LEDGER_KEPT)
        first = ledger.dropped + ledger.kept - len(whole)
        end = min(older_than, first + len(whole))
        texts = whole[: max(0, end - first)][-limit:]
    begin = end - len(texts)
    found = [decision for text in reversed(texts) if (decision := _readable(text)) is not None]
    return replace(ledger, decisions=found, older=begin if texts and begin > ledger.dropped else None)


def find_decision(store: Store, job_id: str, run_id: str) -> Decision | None:
    """Return the decision that made the run, None when it is kept no more or cannot be read; one round trip."""
    texts, _ = _read(store, job_id, LEDGER_KEPT, 0)
    return next((_readable(text) for text in reversed(texts) if f"|{run_id}|" in text), None)


def read_whole(store: Store, job_id: str) -> Ledger:
    """Return all decisions on the job that are kept, newest first; one round trip."""
    return read_ledger(store, job_id, LEDGER_KEPT)


def read_stretch(
    store: Store,
    job_id: str,
    wanted: DecisionFilter,
    limit: int,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> Stretch:
    """Return the newest `limit` rows that pass, or the `limit` just older or newer than the row of that number; one round trip.

    Numbers count all rows that there ever were, so that rows which come or go meanwhile move nothing.
    """
    newest_only = wanted == DecisionFilter() and older_than is None and newer_than is None
    texts, ledger = _read(store, job_id, limit + 1 if newest_only else LEDGER_KEPT)
    first = ledger.dropped + ledger.kept - len(texts)
    passing = [(first + place, text) for place, text in enumerate(texts) if _passes(text, wanted)]
    begin, end = _window([number for number, _ in passing], limit, older_than, newer_than)
    rows = tuple(Row(number, _readable(text)) for number, text in reversed(passing[begin:end]))
    return Stretch(
        rows,
        total=ledger.kept if newest_only else len(passing),
        older=rows[-1].number if rows and begin else None,
        newer=rows[0].number if rows and end < len(passing) else None,
        ledger=ledger,
    )


def _window(numbers: Sequence[int], limit: int, older_than: int | None, newer_than: int | None) -> tuple[int, int]:
    """Return where the rows to show begin and end among those that pass, which are given oldest first."""
    if newer_than is not None:
        begin = _before(numbers, lambda number: number <= newer_than)
        return begin, min(len(numbers), begin + limit)
    end = len(numbers) if older_than is None else _before(numbers, lambda number: number < older_than)
    return max(0, end - limit), end


def _before(numbers: Sequence[int], comes: Callable[[int], bool]) -> int:
    return sum(1 for number in numbers if comes(number))


def _passes(text: str, wanted: DecisionFilter) -> bool:
    """Look at the fields alone: to decode a row costs ten times as much."""
    if wanted == DecisionFilter():
        return True
    parts = text.split("|", 6)
    if len(parts) < 7:
        return False
    return (wanted.outcome is None or parts[0] == wanted.outcome[0]) and wanted.reason in (None, parts[5])


def _read(store: Store, job_id: str, limit: int, offset: int = 0) -> tuple[list[str], Ledger]:
    """Return the texts of rows, oldest first, and a ledger without decisions."""
    key = store.keys.ledger(job_id)
    pipeline = store.redis.pipeline(transaction=True)
    pipeline.lrange(key, -offset - limit, -offset - 1)
    pipeline.lindex(key, 0)
    pipeline.llen(key)
    pipeline.hget(store.keys.ledgers_dropped, job_id)
    texts, oldest, kept, dropped = pipeline.execute()
    first = _readable(oldest or "")
    return texts, Ledger([], kept, int(dropped or 0), first.slot_at if first else None)


def _readable(text: str) -> Decision | None:
    try:
        return decode(text)
    except (KeyError, ValueError, OverflowError):
        return None
