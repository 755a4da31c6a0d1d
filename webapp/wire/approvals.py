"""Approvals as JSON; contract §7."""

from typing import Any, NotRequired

from runners.engine.approval import Approval, ApprovalStatus, Kind
from runners.engine.ask import OnExpiry
from runners.engine.grant import Capability
from runners.engine.store.approvals import Shown
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class VoteRow(Shape):
    """One person's yes."""

    by: str
    at: Stamp
    note: str


class WantedRow(Shape):
    """What the job of an approval would get, or got: see grants."""

    capability: Capability
    value: str


class ApprovalRow(Shape):
    """One request for a decision. `kind`: start (before a run), ask (its handler asked) or grant (a capability).

    `digest` binds job version, inputs, summary and requests; `inputs` are the run's, when one approval is read.
    `grants` is what the job gets when people agree, until it is revoked or over. `approvers` is who may decide, of whom
    `quorum` must agree; `on_expiry` is what silence until `expires_at` means.
    """

    approval_id: str
    kind: Kind
    status: ApprovalStatus
    job_id: str
    run_id: str | None
    job_type: str
    job_version: int
    summary: str
    requests: list[Any]
    grants: list[WantedRow]
    inputs: NotRequired[dict[str, Any]]
    requester: str
    approver_role: str | None
    approver_names: list[str]
    quorum: int
    on_expiry: OnExpiry
    digest: str
    created_at: Stamp
    expires_at: Stamp
    votes: list[VoteRow]
    decided_at: Stamp | None
    decided_by: str | None
    note: str


def approval_row(approval: Approval) -> ApprovalRow:
    """Return `approval` for the wire, as lists have it."""
    return {
        "approval_id": approval.approval_id,
        "kind": approval.kind,
        "status": approval.status,
        "job_id": approval.job_id,
        "run_id": approval.run_id,
        "job_type": approval.job_type,
        "job_version": approval.job_version,
        "summary": approval.summary,
        "requests": list(approval.requests),
        "grants": [{"capability": capability, "value": value} for capability, value in approval.grants],
        "requester": approval.requester,
        "approver_role": approval.approvers.role,
        "approver_names": list(approval.approvers.names),
        "quorum": approval.approvers.quorum,
        "on_expiry": approval.on_expiry,
        "digest": approval.digest,
        "created_at": stamp(approval.created_at),
        "expires_at": stamp(approval.expires_at),
        "votes": [{"by": vote.by, "at": stamp(vote.at), "note": vote.note} for vote in approval.votes],
        "decided_at": stamp_or_none(approval.decided_at),
        "decided_by": approval.decided_by,
        "note": approval.note,
    }


def shown_row(shown: Shown) -> ApprovalRow:
    """Return an approval with the inputs of its run."""
    row = approval_row(shown.approval)
    if shown.run:
        row["inputs"] = shown.run.inputs
    return row
