"""A run: one execution of a job, from its creation to its one terminal state."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from runners.engine import clock
from runners.engine.pool import DEFAULT
from runners.engine.progress import read_progress

BASE32 = "234567abcdefghijklmnopqrstuvwxyz"  # in ASCII order, so that ids sort by age
THIS_AGE = BASE32[0] + BASE32[1]
"""How the moment in a run id begins, from 2004 to 2039; so hardly a word or a number in an error looks like one."""
LONGEST_MS = 366 * 86_400_000
PAIRS = tuple(first + second for first in BASE32 for second in BASE32)


class RunStatus(StrEnum):
    """Where a run stands; contract §4."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    WAITING_APPROVAL = "waiting_approval"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def active(self) -> bool:
        """True while the run holds its job's overlap slot and its place in the flow group."""
        return self not in TERMINAL


TERMINAL = frozenset({RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED})
STARTS_LATER = frozenset({RunStatus.QUEUED, RunStatus.RETRYING, RunStatus.WAITING_APPROVAL})


class FailureKind(StrEnum):
    """Why a run failed; contract §4. `expired` and `rejected` do not count in failure memory."""

    ERROR = "error"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    LOST = "lost"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN_TYPE = "unknown_type"
    NOT_RESUMED = "not_resumed"

    @property
    def retryable(self) -> bool:
        """True when another attempt may end differently."""
        return self in {FailureKind.ERROR, FailureKind.TIMEOUT, FailureKind.CRASHED, FailureKind.LOST}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of a run. `outcome` is success, failed, cancelled, lost, returned, waiting_approval or None while it runs.

    `traceback` tells operators where the handler failed, '' when nothing does; lists of runs come without it.
    """

    attempt: int
    started_at: datetime
    finished_at: datetime | None
    worker_id: str | None
    outcome: str | None
    error: str | None
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """The run record as the store holds it; the record is the truth, messages are hints."""

    run_id: str
    job_id: str
    job_type: str
    job_version: int
    status: RunStatus
    attempt: int
    attempts: tuple[Attempt, ...]
    source: str
    slot_at: datetime | None
    created_at: datetime
    scheduled_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    inputs: dict[str, Any]
    result: dict[str, Any] | None
    progress: dict[str, Any] | None
    trace_id: str
    actor: str
    priority: str
    flow_group: str | None
    worker_id: str | None
    failure_kind: FailureKind | None
    redelivered: bool
    cancel_requested: bool
    timeout_ms: int
    max_retry: int
    expires_at: datetime | None
    retry_at: datetime | None = None
    approval_id: str | None = None
    decide_by: datetime | None = None
    asks: int = 0
    failure_group: str | None = None
    pool: str = DEFAULT

    @staticmethod
    def from_hash(run_id: str, fields: Mapping[str, str], retry_at: datetime | None = None) -> "Run":
        """Read a run hash (`keys.py`). Unknown fields are ignored. Raises KeyError or ValueError on a broken record."""
        return Run(
            run_id=run_id,
            job_id=fields["job_id"],
            job_type=fields["job_type"],
            job_version=int(fields["job_version"]),
            status=RunStatus(fields["status"]),
            attempt=int(fields["attempt"]),
            attempts=_attempts(fields),
            source=fields["source"],
            slot_at=at(fields.get("slot_at")),
            created_at=_required(fields["created_at"]),
            scheduled_at=_required(fields["scheduled_at"]),
            started_at=at(fields.get("started_at")),
            finished_at=at(fields.get("finished_at")),
            inputs=json_object(fields.get("inputs")) or {},
            result=json_object(fields.get("result")),
            progress=read_progress(fields.get("progress")),
            trace_id=fields.get("trace_id", ""),
            actor=fields.get("actor", ""),
            priority=fields.get("priority", "normal"),
            flow_group=fields.get("flow_group") or None,
            worker_id=fields.get("worker_id") or None,
            failure_kind=FailureKind(fields["failure_kind"]) if fields.get("failure_kind") else None,
            redelivered=fields.get("redelivered") == "1",
            cancel_requested=fields.get("cancel_requested") == "1",
            timeout_ms=milliseconds(fields["timeout_ms"]),
            max_retry=int(fields["max_retry"]),
            expires_at=at(fields.get("expires_at")),
            retry_at=retry_at,
            approval_id=fields.get("approval_id") or None,
            decide_by=at(fields.get("decide_by")),
            asks=int(fields.get("asks") or 0),
            failure_group=fields.get("failure_group") or None,
            pool=fields.get("pool") or DEFAULT,
        )

    @property
    def error(self) -> str | None:
        """The error of a failed run, in one line or more; None otherwise."""
        return self.result.get("error") if self.result else None

    def with_tracebacks(self, tracebacks: Mapping[str, str]) -> "Run":
        """Return the run with what is kept of its attempts' tracebacks, by attempt."""
        told = [replace(one, traceback=tracebacks.get(str(one.attempt), "")) for one in self.attempts]
        return replace(self, attempts=tuple(told))


def run_id(job_id: str, incarnation: int, moment: datetime, identity: str) -> str:
    """Return the run id of contract §4: repeating the same call names the same run.

    `moment` is the slot (or the creation, if there is no slot); `identity` tells runs of one job apart: the slot in
    milliseconds, or an idempotency key. RQ allows letters, digits, `_` and `-` only.
    """
    digest = hashlib.sha256(f"{job_id}\0{incarnation}\0{identity}".encode()).digest()
    return f"run_{base32(clock.to_ms(moment))}_{_text32(digest)[:12]}"


def scheduled_run_id(job_id: str, incarnation: int, slot_at: datetime) -> str:
    """Return the id of the run of one slot."""
    return run_id(job_id, incarnation, slot_at, str(clock.to_ms(slot_at)))


def named_moment(run_id: str) -> datetime | None:
    """Return the slot or creation that a run id names, None for what is no run id."""
    match = re.fullmatch(rf"run_([{BASE32}]{{10}})_[{BASE32}]{{12}}", run_id)
    try:
        return clock.from_ms(_number(match[1])) if match else None
    except ValueError:
        return None


def run_named(text: str) -> str | None:
    """Return the run id that somebody means who writes it so: without its beginning, as lists show it, or in capitals."""
    said = text.strip().lower()
    return next((run_id for run_id in (said, f"run_{said}") if named_moment(run_id)), None)


def ids_beginning(text: str) -> tuple[str, int, int] | None:
    """Return the whole beginning of the run ids that somebody means by the first part of one, and the moments in ms that such
    ids can name, both inclusive; None for what begins no run id, or says too little of it: less than a quarter of an hour.
    """
    said = text.strip().lower().removeprefix("run_")
    if not re.fullmatch(rf"{THIS_AGE}[{BASE32}]{{4,8}}|{THIS_AGE}[{BASE32}]{{8}}_[{BASE32}]{{0,12}}", said):
        return None
    named = said[:10]
    return f"run_{said}", _number(named.ljust(10, BASE32[0])), _number(named.ljust(10, BASE32[-1]))


def base32(number: int) -> str:
    """Return `number` (0 or more) in ten base32 characters, so that ids of one age have one length and sort."""
    return "".join([PAIRS[number >> shift & 1023] for shift in (40, 30, 20, 10, 0)])


def _number(digits: str) -> int:
    number = 0
    for character in digits:
        number = number * 32 + BASE32.index(character)
    return number


def _text32(digest: bytes) -> str:
    number = int.from_bytes(digest[:10], "big")
    return "".join([PAIRS[number >> shift & 1023] for shift in (70, 60, 50, 40, 30, 20, 10, 0)])


def at(text: str | int | None) -> datetime | None:
    """Return the moment that a stored millisecond value names; None for '' and None."""
    return _required(text) if text not in (None, "") else None


def _required(text: str | int | None) -> datetime:
    return clock.from_ms(int(text or 0))


def milliseconds(text: str) -> int:
    """Return a length of time that can be added to a moment. Raises ValueError."""
    if not 0 < (number := int(text)) <= LONGEST_MS:
        raise ValueError(f"{text[:40]!r} is not a time from 1 ms to a year")
    return number


def _json(text: str) -> Any:
    """Raises ValueError, also for what is nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None


def json_object(text: str | None) -> dict[str, Any] | None:
    """Return the JSON object in a field, None for '' and None. Raises ValueError for any other text."""
    found = _json(text) if text else None
    if text and not isinstance(found, dict):
        raise ValueError(f"{text[:80]!r} is no JSON object")
    return found


def _attempts(fields: Mapping[str, str]) -> tuple[Attempt, ...]:
    """Ended attempts as stored, then the one that the record itself describes."""
    rows = ended_attempts(fields.get("attempts"))
    started = at(fields.get("started_at"))
    if started is not None and fields["status"] not in STARTS_LATER:
        rows.append(_last_attempt(fields, started))
    return tuple(rows)


def ended_attempts(kept: str | None) -> list[Attempt]:
    """Read the field `attempts`: the starts that have ended. Raises KeyError or ValueError when it is broken."""
    return [_attempt(row) for row in _json(f"[{kept}]")] if kept else []


def _attempt(row: Any) -> Attempt:
    try:
        return Attempt(int(row["n"]), _required(row["s"]), at(row.get("f")), row.get("w"), row.get("o"), row.get("e"))
    except TypeError as fault:
        raise ValueError(f"attempt {row!r:.80}: {fault}") from None


def _last_attempt(fields: Mapping[str, str], started: datetime) -> Attempt:
    status, finished = fields["status"], at(fields.get("finished_at"))
    outcome = status if finished else None
    error = (json_object(fields.get("result")) or {}).get("error")
    return Attempt(int(fields["attempt"]), started, finished, fields.get("worker_id") or None, outcome, error)
