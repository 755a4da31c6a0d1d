"""/approvals: what people are asked to decide, one of them with all that it binds, and the decision, with a note if there is one."""

from __future__ import annotations

import json
from typing import Any

from runners.connector.commands.asking import Asking, one_line
from runners.connector.commands.nearest import job_of
from runners.connector.reply import Button, Command, Reply
from runners.engine import operations
from runners.engine.approval import Approval, ApprovalStatus
from runners.engine.errors import NotFound
from runners.engine.operations import Verdict
from runners.engine.operations.deciders import is_left_to_others, may_decide
from runners.engine.store.approvals import Shown
from runners.engine.visible import visible

ROWS = 6
WHOLE, BEGINNING = 1600, 300
"""Characters of all that is decided on that one message shows; of each part of more than that it shows how it begins."""
DECIDED: dict[Verdict, str] = {"approve": "approved", "reject": "rejected"}
"""What an approval is after each verdict."""


def approvals(asking: Asking) -> Reply:
    """List what must be decided, of all jobs or of one; a single one, or one that is named, is shown whole."""
    if asking.argument.startswith("ap_"):
        return _shown(asking, operations.get_approval(asking.platform, asking.actor, asking.argument))
    found = operations.list_approvals(
        asking.platform, asking.actor, ApprovalStatus.PENDING, asking.argument or None, ROWS
    )
    if not found.rows:
        return _none(asking)
    if found.total == 1:
        return _shown(asking, operations.get_approval(asking.platform, asking.actor, found.rows[0].approval_id))
    more = found.total - len(found.rows)
    lines = [asking.say("approvals", count=found.total), *(_line(asking, one) for one in found.rows)]
    lines += [asking.say("more", count=more)] if more > 0 else []
    rows = tuple((_look(place, one),) for place, one in enumerate(found.rows, 1))
    return Reply("\n".join(lines), rows, page="/ui/approvals")


def _none(asking: Asking) -> Reply:
    """Say that nothing waits: of all, or of the job that is named; a name that no job has is said to be none."""
    if asking.argument and isinstance(found := job_of(asking, asking.argument), Reply):
        return found
    text = asking.say("no_approvals_of", job=asking.argument) if asking.argument else asking.say("no_approvals")
    return Reply(text, page="/ui/approvals")


def approve(asking: Asking) -> Reply:
    """Say yes to exactly what was shown."""
    return _decide(asking, "approve")


def reject(asking: Asking) -> Reply:
    """Say no; the run fails as rejected."""
    return _decide(asking, "reject")


def with_note(asking: Asking) -> Reply:
    """Ask for the note; what is written next decides."""
    verdict, _, what = asking.argument.partition(" ")
    awaited = Command(verdict, what, pressed=True)
    return Reply(asking.say("write_note", verdict=asking.say(f"do_{verdict}")), awaits=awaited)


def _decide(asking: Asking, verdict: Verdict) -> Reply:
    """Decide on what a button showed; what is typed is shown first, with its note on the buttons."""
    name, _, rest = asking.argument.partition(" ")
    if not name:
        return Reply(asking.say("which_approval", command=verdict))
    if not asking.command.pressed:
        return _shown(asking, operations.get_approval(asking.platform, asking.actor, name), rest or asking.command.note)
    digest, _, kept = rest.partition(" ")
    note = asking.command.note or kept
    if done := _done_before(asking, name, verdict, note):
        return done
    decided = operations.decide_approval(asking.platform, asking.actor, name, verdict, note, digest)
    return _told(asking, decided, verdict)


def _done_before(asking: Asking, name: str, verdict: Verdict, note: str) -> Reply | None:
    """Return the answer to the very decision that was made already: an update may come twice."""
    try:
        known = operations.get_approval(asking.platform, asking.actor, name).approval
    except NotFound:
        return None
    same = known.status == DECIDED[verdict] and known.decided_by == asking.actor.name and known.note == note
    return _told(asking, known, verdict) if same else None


def _told(asking: Asking, decided: Approval, verdict: Verdict) -> Reply:
    counted = verdict == "approve" and decided.pending
    text = asking.say(
        "counted" if counted else DECIDED[verdict],
        job=decided.job_id,
        given=len(decided.votes),
        needed=decided.approvers.quorum,
    )
    live = Command("watch", decided.run_id) if verdict == "approve" and decided.run_id and not counted else None
    return Reply(text, page=f"/ui/approvals/{decided.approval_id}", live=live, replaces=True)


def _shown(asking: Asking, shown: Shown, note: str = "") -> Reply:
    """Show an approval whole: what is decided is what stands here, and the buttons hold its digest; none where it is cut."""
    one = shown.approval
    requests, inputs = [_spoken(asking, request) for request in one.requests], _inputs(shown)
    fits = is_whole(shown)
    most = WHOLE if fits else BEGINNING
    may = _may_decide(asking, one)
    is_own = may and is_left_to_others(asking.platform, asking.actor, one)
    lines = [
        asking.say(f"approval_{one.kind}", job=one.job_id),
        one_line(visible(asking.spoken(one.summary)), most) if one.kind != "start" else "",
        *(f"• {one_line(request, most)}" for request in requests),
        asking.say("approval_what", type=one.job_type, version=one.job_version),
        asking.say("inputs", inputs=one_line(inputs, most)) if inputs else "",
        asking.say("approval_asked", who=one.requester, at=asking.moment(one.created_at)),
        _standing(asking, one),
        *([asking.say("deciders", who=_deciders(asking, one))] if one.pending else []),
        *([asking.say("own_request")] if one.pending and is_own else []),
        *([asking.say("your_note", note=note)] if note else []),
        asking.say("approval_long") if one.pending and not fits else "",
    ]
    buttons = _verdicts(asking, one, note) if one.pending and fits and may and not is_own else ()
    return Reply("\n".join(line for line in lines if line), buttons, page=f"/ui/approvals/{one.approval_id}")


def is_whole(shown: Shown) -> bool:
    """Say whether one message shows all that is decided on: nothing is decided on what is cut."""
    requests = map(_written, shown.approval.requests)
    return sum(map(len, [shown.approval.summary, _inputs(shown), *requests])) <= WHOLE


def _written(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False))


def _inputs(shown: Shown) -> str:
    """Return the run's inputs as they are shown, '' for none."""
    return _written(shown.run.inputs) if shown.run and shown.run.inputs else ""


def _spoken(asking: Asking, request: Any) -> str:
    """Return one request as it is shown: names and sentences of the platform in his language."""
    if not isinstance(request, dict):
        return _written(request)
    said = {
        asking.spoken(name): asking.spoken(text) if isinstance(text, str) else text for name, text in request.items()
    }
    return _written(said)


def _standing(asking: Asking, one: Approval) -> str:
    if one.pending:
        return asking.say("approval_until", at=asking.moment(one.expires_at))
    return ": ".join(part for part in (asking.say(f"approval_is_{one.status}"), one.decided_by) if part)


def _may_decide(asking: Asking, one: Approval) -> bool:
    return asking.may("decide_approval") and may_decide(asking.actor.name, asking.actor.role, one.approvers)


def _deciders(asking: Asking, one: Approval) -> str:
    role = one.approvers.role
    every = [asking.say("every", role=asking.say(f"role_{role}"))] if role else []
    return ", ".join([*every, *one.approvers.names])


def _verdicts(asking: Asking, one: Approval, note: str) -> tuple[tuple[Button, ...], ...]:
    what = f"{one.approval_id} {one.digest}"
    held = f"{what} {note}".strip()
    row = (asking.button("approve", "approve", held), asking.button("reject", "reject", held))
    if note:
        return (row,)
    noted = tuple(asking.button(f"{verdict}_noted", "with_note", f"{verdict} {what}") for verdict in DECIDED)
    return row, noted


def _line(asking: Asking, one: Approval) -> str:
    until = asking.say("approval_until", at=asking.moment(one.expires_at))
    what = asking.say("approval_starts") if one.kind == "start" else one_line(asking.spoken(one.summary))
    return f"• {one.job_id}: {what}\n  {until}"


def _look(place: int, one: Approval) -> Button:
    return Button(f"{place}. {one.job_id}", "approvals", one.approval_id)
