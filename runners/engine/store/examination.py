"""The last examination of the deployment, as a scheduler kept it, and who waits for another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.hashes import fields_of, set_fields

FAULTS_KEPT = 30
EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not well: what it is about (`memory`, `audit`, `I4`), and what was seen."""

    about: str
    seen: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found; `at` is None until a scheduler has looked. `asked_at` is when somebody asked for one that is still to come."""

    at: datetime | None
    took: timedelta
    by: str
    looked: str
    faults: tuple[Fault, ...]
    asked_at: datetime | None
    asked_by: str


def load(store: Store) -> Examination:
    """Return the last examination; what cannot be read of it is left out."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.hgetall(store.keys.examination)
    return read(fields_of(pipe.execute(raise_on_error=False)[0]))


def read(fields: Mapping[str, str]) -> Examination:
    """Return what the hash says."""
    looked_at, asked_at = _moment(fields.get("at")), _moment(fields.get("asked_at"))
    waiting = asked_at is not None and (looked_at is None or asked_at > looked_at)
    return Examination(
        at=looked_at,
        took=timedelta(milliseconds=int(took) if (took := fields.get("took_ms", "")).isdecimal() else 0),
        by=fields.get("by", ""),
        looked=fields.get("looked", ""),
        faults=_faults(fields.get("faults", "")),
        asked_at=asked_at if waiting else None,
        asked_by=fields.get("asked_by", "") if waiting else "",
    )


def keep(store: Store, by: str, began: datetime, looked: str, faults: Sequence[Fault]) -> None:
    """Keep what was found by a look that `began` then."""
    now = store.now()
    said = json.dumps([[fault.about, fault.seen] for fault in faults[:FAULTS_KEPT]])
    took = clock.to_ms(now) - clock.to_ms(began)
    fields: dict[str, str | int] = {
        "at": clock.to_ms(began),
        "took_ms": max(took, 0),
        "by": by,
        "looked": looked,
        "faults": said,
    }
    pipe = store.redis.pipeline(transaction=False)
    set_fields(pipe, store.keys.examination, fields)
    pipe.execute()


def _faults(text: str) -> tuple[Fault, ...]:
    try:
        rows: Any = json.loads(text or "[]")
        return tuple(Fault(str(about), str(seen)) for about, seen in rows)
    except (ValueError, TypeError, RecursionError):
        return ()


def _moment(text: str | None) -> datetime | None:
    try:
        return at(text)
    except (ValueError, OverflowError):
        return None
