"""Approvals: read them, and decide on one: once, on what was shown, and by whom its job says."""

from __future__ import annotations

from typing import Literal

from runners.engine.approval import Approval, ApprovalStatus
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Unreadable
from runners.engine.fields import unprintable
from runners.engine.operations.deciders import has_agreed, is_left_to_others, may_decide
from runners.engine.operations.discretion import discreet_approval, discreet_shown, page_seen_by, seen_by
from runners.engine.operations.existing import existing_run
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import asking
from runners.engine.store import approvals
from runners.engine.store.approvals import Shown
from runners.engine.store.page import Page

NOTE_KEPT = 1000
Verdict = Literal["approve", "reject"]


@operation(Role.VIEWER)
def list_approvals(
    platform: Platform,
    actor: Actor,
    status: ApprovalStatus | None = None,
    job_id: str | None = None,
    limit: int = 50,
    offset: int = 0,
    cursor: str | None = None,
) -> Page[Approval]:
    """Return a page of approvals, newest first."""
    page = approvals.list_approvals(platform.store, status, job_id, limit, offset, cursor)
    return page_seen_by(actor, page, discreet_approval)


@operation(Role.VIEWER)
def get_approval(platform: Platform, actor: Actor, approval_id: str) -> Shown:
    """Return the approval with the run that it is about. Raises NotFound and Unreadable."""
    return seen_by(actor, _existing(platform, approval_id), discreet_shown)


@operation(Role.VIEWER)
def run_approvals(platform: Platform, actor: Actor, run_id: str) -> tuple[Approval, ...]:
    """Return what a run asked people for, oldest first. Raises NotFound."""
    asked = approvals.approvals_of_run(platform.store, existing_run(platform.store, run_id))
    return tuple(seen_by(actor, one, discreet_approval) for one in asked)


@operation(Role.OPERATOR)
def decide_approval(
    platform: Platform, actor: Actor, approval_id: str, verdict: Verdict, note: str = "", digest: str | None = None
) -> Approval:
    """Approve or reject. Where several must agree, a yes is counted until enough have said so; one no rejects.

    With `digest` the decision is refused unless it is the one of what is approved now. Raises NotFound, Invalid (the
    note), Forbidden (not one of the approvers, or the one who asked), and Conflict when it was decided before, its time
    is over, or it is not what was shown.
    """
    _check_note(note)
    shown = _existing(platform, approval_id)
    approval = shown.approval
    if not may_decide(actor.name, actor.role, approval.approvers):
        raise Forbidden(f"'{actor.name}' is none of the approvers of '{approval_id}': {_named(approval)}")
    if is_left_to_others(platform, actor, approval):
        raise Forbidden(f"{_asker(actor, approval)} asked for this run, so somebody else decides on '{approval_id}'")
    if digest is not None and digest != approval.digest:
        raise Conflict(
            f"approval '{approval_id}' is not what was shown: its digest is {approval.digest}; read it again"
        )
    if verdict == "approve" and approval.status == "pending" and has_agreed(platform, actor, approval):
        raise _has_agreed(approval_id, actor)
    decided = asking.decide(platform.store, approval, shown.run, shown.inputs, verdict, actor.author(), note)
    if decided.word not in ("approved", "rejected", "counted"):
        raise _refused(approval_id, decided, actor)
    return _existing(platform, approval_id).approval


def _asker(actor: Actor, approval: Approval) -> str:
    """Name who asked; where that is `actor` under another name, say so."""
    if approval.requester == actor.name:
        return f"'{actor.name}'"
    return f"'{approval.requester}', behind which stands the same person as behind '{actor.name}' (see who made the tokens),"


def _existing(platform: Platform, approval_id: str) -> Shown:
    try:
        found = approvals.load_approval(platform.store, approval_id)
    except (KeyError, ValueError) as fault:
        raise Unreadable(
            f"approval '{approval_id}': its record cannot be read ({fault!r:.200}); cancel its run"
        ) from fault
    if found is None:
        raise NotFound(f"approval '{approval_id}' does not exist, or is not kept any more")
    return found


def _check_note(note: str) -> None:
    if len(note) > NOTE_KEPT or unprintable(note, "\n\t") is not None:
        fault = f"the note has more than {NOTE_KEPT} characters, or one that cannot be shown"
        raise Invalid([Problem(("note",), fault, "note")])


def _named(approval: Approval) -> str:
    approvers = approval.approvers
    role = [f"every {approvers.role}"] if approvers.role else []
    return ", ".join([*role, *approvers.names])


def _refused(approval_id: str, decided: asking.Decided, actor: Actor) -> Exception:
    match decided.word:
        case "gone":
            return NotFound(f"approval '{approval_id}' does not exist")
        case "decided":
            return Conflict(f"approval '{approval_id}' is {decided.status} already; it is decided once")
        case "late":
            return Conflict(f"approval '{approval_id}' has expired; nobody decided in time")
        case "voted":
            return _has_agreed(approval_id, actor)
    return Conflict(f"approval '{approval_id}' is not what was shown any more; read it again")


def _has_agreed(approval_id: str, actor: Actor) -> Conflict:
    return Conflict(f"'{actor.name}' has agreed to '{approval_id}' already; somebody else must agree, too")
