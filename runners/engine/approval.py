"""Approvals: what a run asks of people before it goes on, and what they said. Pure.

An approval shows exactly what would happen: the job's version, the run's inputs, and the requests. `digest` binds them;
who decides on another digest than the one that was shown decides on nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from runners.engine.compact import compact
from runners.engine.fields import unprintable
from runners.engine.job.approvers import Approvers
from runners.engine.run import at

DAY_SEC = 86_400
SHORTEST_SEC, LONGEST_SEC = 1, 30 * DAY_SEC
SUMMARY_KEPT = 500
REQUESTS_AT_MOST, REQUESTS_BYTES = 50, 32 * 1024
ASKS_AT_MOST = 20
"""How often one run may ask: a handler that asks for something else each time must not ask for ever."""


class ApprovalStatus(StrEnum):
    """Where an approval stands; `void` when its run ended, or its job was changed, before anybody decided."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


OnExpiry = Literal["reject", "approve"]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a handler asks for. `requests` are JSON values that say what it would do; `on_expiry` what silence means."""

    summary: str
    requests: tuple[Any, ...] = ()
    expires_sec: int = DAY_SEC
    on_expiry: OnExpiry = "reject"

    def __post_init__(self) -> None:
        """Raises ValueError for what no person could read, and TypeError for what JSON cannot hold."""
        if not isinstance(self.summary, str) or not 1 <= len(self.summary.strip()) <= SUMMARY_KEPT:
            raise ValueError(f"require_approval: the summary has to be 1 to {SUMMARY_KEPT} characters")
        if unprintable(self.summary) is not None:
            raise ValueError("require_approval: the summary holds a character that cannot be shown")
        if len(self.requests) > REQUESTS_AT_MOST or len(compact(self.requests).encode()) > REQUESTS_BYTES:
            raise ValueError(
                f"require_approval: more than {REQUESTS_AT_MOST} requests, or {REQUESTS_BYTES} bytes of them"
            )
        if type(self.expires_sec) is not int or not SHORTEST_SEC <= self.expires_sec <= LONGEST_SEC:
            raise ValueError(
                f"require_approval: expires_sec {self.expires_sec!r} is not {SHORTEST_SEC} to {LONGEST_SEC}"
            )
        if self.on_expiry not in ("reject", "approve"):
            raise ValueError(f"require_approval: on_expiry {self.on_expiry!r} is not reject or approve")

    def to_json(self) -> dict[str, Any]:
        """Return it as a handler's process sends it."""
        return {
            "summary": self.summary,
            "requests": list(self.requests),
            "expires_sec": self.expires_sec,
            "on_expiry": self.on_expiry,
        }

    @staticmethod
    def from_json(sent: Mapping[str, Any]) -> "Ask":
        """Read what `to_json` gave. Raises KeyError, TypeError or ValueError."""
        return Ask(sent["summary"], tuple(sent["requests"]), sent["expires_sec"], sent["on_expiry"])


def asked_by(output: object) -> Ask | None:
    """Return what a handler's output asks for: `requires_approval: true` with `approval_requests`; None if nothing.

    Silence never approves what stands in an output: it may repeat what somebody else wrote. Raises ValueError.
    """
    if not isinstance(output, dict) or output.get("requires_approval") is not True:
        return None
    requests = output.get("approval_requests") or []
    if not isinstance(requests, list):
        raise ValueError("approval_requests is no list")
    summary = output.get("summary") or output.get("approval_summary") or "The run asks for approval"
    return Ask(" ".join(str(summary).split())[:SUMMARY_KEPT], tuple(requests), output.get("expires_sec") or DAY_SEC)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's yes."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Granted:
    """What a run was granted; `approved_by` is empty when nobody decided and the request said that this means yes."""

    approval_id: str
    summary: str
    requests: tuple[Any, ...]
    approved_by: tuple[str, ...]
    at: datetime
    note: str

    def answers(self, ask: Ask) -> bool:
        """Say whether this is the answer to `ask`: the same words and the same requests."""
        return self.summary == ask.summary and compact(self.requests) == compact(ask.requests)


def read_granted(kept: str | None) -> tuple[Granted, ...]:
    """Read a run's field `granted`, oldest first. Raises KeyError, TypeError or ValueError when it is broken."""
    rows = json.loads(f"[{kept}]") if kept else []
    return tuple(
        Granted(
            str(row["id"]),
            str(row["summary"]),
            tuple(row["requests"]),
            tuple(vote.by for vote in _votes(row["votes"])),
            _moment(row["at"]),
            str(row["note"]),
        )
        for row in rows
    )


def _votes(rows: Sequence[Mapping[str, Any]]) -> tuple[Vote, ...]:
    return tuple(Vote(str(row["by"]), _moment(row["at"]), str(row["note"])) for row in rows)


def _moment(ms: object) -> datetime:
    moment = at(int(str(ms)))
    assert moment is not None
    return moment


def digest(job_id: str, run_id: str, job_type: str, job_version: int, inputs: str, ask: Ask) -> str:
    """Return the SHA-256, in hex, over all that an approval shows; `inputs` is JSON as the run's record keeps it."""
    shown = [job_id, run_id, job_type, job_version, inputs, ask.summary, ask.requests]
    return hashlib.sha256(compact(shown).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for a person's decision. `kind` is start, ask or grant; a grant has no run."""

    approval_id: str
    kind: Literal["start", "ask", "grant"]
    status: ApprovalStatus
    job_id: str
    run_id: str | None
    job_type: str
    job_version: int
    summary: str
    requests: tuple[Any, ...]
    approvers: Approvers
    on_expiry: OnExpiry
    requester: str
    digest: str
    created_at: datetime
    expires_at: datetime
    votes: tuple[Vote, ...]
    decided_at: datetime | None
    decided_by: str | None
    note: str

    @property
    def pending(self) -> bool:
        """True while a person must decide."""
        return self.status is ApprovalStatus.PENDING

    def left(self, now: datetime) -> timedelta:
        """Return the time until it expires, never negative."""
        return max(self.expires_at - now, timedelta())

    @property
    def ask(self) -> Ask:
        """What was asked for."""
        return Ask(self.summary, self.requests)

    @staticmethod
    def from_hash(approval_id: str, fields: Mapping[str, str]) -> "Approval":
        """Read an approval hash (`approval_keys.py`). Raises KeyError or ValueError on a broken record."""
        try:
            return _read(approval_id, fields)
        except (TypeError, AssertionError) as fault:
            raise ValueError(f"approval {approval_id}: {fault!r}") from None


def _read(approval_id: str, fields: Mapping[str, str]) -> Approval:
    kind, on_expiry = fields["kind"], fields["on_expiry"]
    if kind not in ("start", "ask", "grant") or on_expiry not in ("reject", "approve"):
        raise ValueError(f"approval {approval_id}: kind {kind!r:.40}, on_expiry {on_expiry!r:.40}")
    return Approval(
        approval_id=approval_id,
        kind=kind,  # type: ignore[arg-type]  # checked above
        status=ApprovalStatus(fields["status"]),
        job_id=fields["job_id"],
        run_id=fields.get("run_id") or None,
        job_type=fields["job_type"],
        job_version=int(fields["job_version"]),
        summary=str(json.loads(fields["summary"])),
        requests=tuple(json.loads(fields["requests"])),
        approvers=Approvers.from_store(fields.get("approvers", ""), fields.get("quorum", "")),
        on_expiry=on_expiry,  # type: ignore[arg-type]  # checked above
        requester=fields.get("requester", ""),
        digest=fields["digest"],
        created_at=_moment(fields["created_at"]),
        expires_at=_moment(fields["expires_at"]),
        votes=_votes(json.loads(f"[{fields.get('votes', '')}]")),
        decided_at=at(fields.get("decided_at")),
        decided_by=str(json.loads(fields["decided_by"])) if fields.get("decided_by") else None,
        note=str(json.loads(fields["note"])) if fields.get("note") else "",
    )
