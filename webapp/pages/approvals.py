"""Approvals: what waits for a person first, one with exactly what would happen, and yes or no."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request, url_for

from runners.engine import operations
from runners.engine.approval import Approval, ApprovalStatus
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound
from runners.engine.operations import Role
from runners.engine.secret_references import references
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("approvals", __name__, url_prefix="/ui/approvals")

ROWS = 40
PENDING_SHOWN = 100


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show what waits for a person, then what was decided, newest first."""
    number, status, job_id = page_number(), _status(), request.args.get("job_id", "").strip() or None
    pending = read(operations.list_approvals, ApprovalStatus.PENDING, job_id, PENDING_SHOWN)
    found = read(operations.list_approvals, status, job_id, ROWS, (number - 1) * ROWS)
    return respond(
        "approvals/index.html",
        "approvals/_live.html",
        pending=pending,
        found=found,
        job_id=job_id,
        statuses=list(ApprovalStatus),
        paging=paging(number, ROWS, len(found.rows), found.total),
    )


@pages.get("/<approval_id:approval_id>")
@needs(Role.VIEWER)
def show(approval_id: str) -> Response:
    """Show one approval, with all that would happen."""
    shown = read(operations.get_approval, approval_id)
    inputs = shown.run.inputs if shown.run else {}
    return respond(
        "approvals/show.html",
        "approvals/_approval.html",
        approval=shown.approval,
        run=shown.run,
        inputs=_text(inputs),
        requests=[_text(one) for one in shown.approval.requests],
        command=inputs.get("argv") if shown.approval.job_type == "command.run" else None,
        secrets=sorted(map(str, references(inputs))),
    )


@pages.post("/<approval_id:approval_id>/approve")
@needs(Role.OPERATOR)
def approve(approval_id: str) -> Response:
    """Agree to what the form showed."""
    return _decide(approval_id, "approve")


@pages.post("/<approval_id:approval_id>/reject")
@needs(Role.OPERATOR)
def reject(approval_id: str) -> Response:
    """Refuse what the form showed."""
    return _decide(approval_id, "reject")


def _decide(approval_id: str, verdict: operations.Verdict) -> Response:
    address = url_for("approvals.show", approval_id=approval_id)
    note, digest = request.form.get("note", "").strip(), request.form.get("digest") or None
    try:
        decided = change(operations.decide_approval, approval_id, verdict, note, digest)
    except (Conflict, Forbidden, Invalid) as error:
        return refused(error, address)
    tell(_said(decided), tone="ok" if verdict == "approve" else "wait")
    return go(address)


def _said(approval: Approval) -> str:
    match approval.status:
        case ApprovalStatus.APPROVED:
            return "Approved: the run is queued." if approval.run_id else "Approved: it is granted."
        case ApprovalStatus.REJECTED:
            return "Rejected: the run has failed as rejected." if approval.run_id else "Rejected: nothing is granted."
    return f"Your yes is counted: {len(approval.votes)} of {approval.approvers.quorum} have agreed."


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _status() -> ApprovalStatus | None:
    said = request.args.get("status", "").strip()
    if not said:
        return None
    if said not in set(ApprovalStatus):
        raise NotFound(f"status {said[:40]!a} is not one of {', '.join(ApprovalStatus)}")
    return ApprovalStatus(said)
