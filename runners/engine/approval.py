"""Approvals: what a run asks of people before it goes on, and what they said. Pure.

An approval shows exactly what would happen: the job's version, the run's inputs, and the requests. `digest` binds them;
who decides on another digest than the one that was shown decides on nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, get_args

from runners.engine.ask import Ask, OnExpiry, Vote, Wanted, moment_of, votes_of
from runners.engine.compact import compact
from runners.engine.grant import wanted_in
from runners.engine.job.approvers import Approvers
from runners.engine.run import at

Kind = Literal["start", "ask", "grant"]
KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
ON_EXPIRY: dict[str, OnExpiry] = {word: word for word in get_args(OnExpiry)}


class ApprovalStatus(StrEnum):
    """Where an approval stands; `void` when its run ended, or its job was changed, before anybody decided."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


def approval_name(run_id: str, number: int) -> str:
    """Return the id of what a run asks for the `number`th time, counted from 1; `_approval.lua` spells it the same."""
    return f"ap_{run_id.removeprefix('run_')}_{number}"


def run_behind(approval_id: str) -> str:
    """Return the run that `approval_name` made the id of; what was asked for a job itself names no run that exists."""
    return f"run_{approval_id.removeprefix('ap_').rpartition('_')[0]}"


def digest(job_id: str, run_id: str, job_type: str, job_version: int, inputs: str, ask: Ask) -> str:
    """Return the SHA-256, in hex, over all that an approval shows; `inputs` is JSON as the run's record keeps it."""
    shown = [job_id, run_id, job_type, job_version, inputs, ask.summary, ask.requests]
    return hashlib.sha256(compact(shown).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for a person's decision. `kind` is start, ask or grant; a grant has no run.

    `grants` is what its job gets when people agree, which may be something for an ask as well.
    """

    approval_id: str
    kind: Kind
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
    grants: tuple[Wanted, ...] = ()

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
        except (TypeError, AssertionError, RecursionError) as fault:
            raise ValueError(f"approval {approval_id}: {fault!r}") from None


def _read(approval_id: str, fields: Mapping[str, str]) -> Approval:
    return Approval(
        approval_id=approval_id,
        kind=KINDS[fields["kind"]],
        status=ApprovalStatus(fields["status"]),
        job_id=fields["job_id"],
        run_id=fields.get("run_id") or None,
        job_type=fields["job_type"],
        job_version=int(fields["job_version"]),
        summary=str(json.loads(fields["summary"])),
        requests=tuple(json.loads(fields["requests"])),
        approvers=Approvers.from_store(fields.get("approvers", ""), fields.get("quorum", "")),
        on_expiry=ON_EXPIRY[fields["on_expiry"]],
        requester=fields.get("requester", ""),
        digest=fields["digest"],
        created_at=moment_of(fields["created_at"]),
        expires_at=moment_of(fields["expires_at"]),
        votes=votes_of(json.loads(f"[{fields.get('votes', '')}]")),
        decided_at=at(fields.get("decided_at")),
        decided_by=str(json.loads(fields["decided_by"])) if fields.get("decided_by") else None,
        note=str(json.loads(fields["note"])) if fields.get("note") else "",
        grants=wanted_in(fields.get("grants", "")),
    )
