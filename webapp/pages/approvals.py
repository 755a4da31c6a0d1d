"""Approvals: what waits for a person first, one with exactly what would happen, and yes or no."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from runners.engine import operations
from runners.engine.approval import Approval, ApprovalStatus
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound, Unreadable
from runners.engine.job.difference import Difference, differences
from runners.engine.operations import Role
from runners.engine.operations.deciders import has_agreed, is_left_to_others, may_decide
from runners.engine.run import Run
from runners.engine.secret_references import references
from runners.engine.visible import visible
from webapp.asking import actor, platform
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.presentation import pretty
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
        filtered=bool(status or job_id),
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
        against=_against(shown.approval, shown.run),
        requests=[_request(one) for one in shown.approval.requests],
        command=_command(inputs) if shown.approval.job_type == "command.run" else None,
        secrets=sorted(map(str, references(inputs))),
        standing=_standing(shown.approval),
    )


def _standing(approval: Approval) -> str | None:
    """Return why the one who looks may not decide, or not agree once more; None when he may, or while the store is away."""
    if not approval.pending or g.get("store_away"):
        return None
    here, who = platform(), actor()
    if not may_decide(who.name, who.role, approval.approvers):
        return "no_approver"
    if is_left_to_others(here, who, approval):
        return "asked"
    return "agreed" if has_agreed(here, who, approval) else None


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
    run_id = decided.run_id
    link = {"href": url_for("runs.show", run_id=run_id), "label": _("See the run")} if run_id else {}
    tell(_said(decided), tone="ok" if verdict == "approve" else "wait", **link)
    return go(address)


def _said(approval: Approval) -> str:
    match approval.status:
        case ApprovalStatus.APPROVED:
            return _("Approved: the run is queued.") if approval.run_id else _("Approved: it is granted.")
        case ApprovalStatus.REJECTED:
            return (
                _("Rejected: the run has failed as rejected.")
                if approval.run_id
                else _("Rejected: nothing is granted.")
            )
    agreed, quorum = len(approval.votes), approval.approvers.quorum
    return ngettext(
        "Your yes is counted: %(num)s of %(quorum)s has agreed.",
        "Your yes is counted: %(num)s of %(quorum)s have agreed.",
        agreed,
        quorum=quorum,
    )


@dataclass(frozen=True, slots=True)
class Against:
    """How a run's inputs differ from those that its job stated at the version that was asked for.

    `version` is the one that the job has now; `since` is what changed in the job up to it, None when the older one is not
    kept any more.
    """

    version: int
    changes: tuple[Difference, ...] | None
    since: tuple[Difference, ...] | None = ()


def _against(approval: Approval, run: Run | None) -> Against | None:
    if run is None:
        return None
    try:
        job = read(operations.get_job, approval.job_id)
    except (NotFound, Unreadable):
        return None
    if job.version == approval.job_version:
        return Against(job.version, differences(job.spec.inputs, run.inputs))
    try:
        then = read(operations.job_version, approval.job_id, approval.job_version)
    except (NotFound, Unreadable):
        return Against(job.version, None, None)
    return Against(job.version, differences(then.inputs, run.inputs), differences(then.to_json(), job.spec.to_json()))


def _command(inputs: Mapping[str, object]) -> str | None:
    """Return the command as a shell would have to be given it, so that each argument is told from the next."""
    argv = inputs.get("argv")
    return visible(shlex.join(map(str, argv))) if isinstance(argv, list) else None


def _request(value: object) -> dict[str, str] | str:
    """Return what is asked for as pairs, where it is an object; as text else."""
    if isinstance(value, dict):
        return {visible(str(name)): _text(part) for name, part in value.items()}
    return _text(value)


def _text(value: object) -> str:
    return visible(value) if isinstance(value, str) else pretty(value)


def _status() -> ApprovalStatus | None:
    said = request.args.get("status", "").strip()
    if not said:
        return None
    if said not in set(ApprovalStatus):
        raise NotFound(f"status {said[:40]!a} is not one of {', '.join(ApprovalStatus)}")
    return ApprovalStatus(said)
