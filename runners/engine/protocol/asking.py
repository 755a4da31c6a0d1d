"""Opening and deciding approvals: what the scripts take for it, and the typed call of decide."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from runners.engine import grant
from runners.engine.approval import Approval, digest
from runners.engine.ask import Ask
from runners.engine.audit import Author, Entry
from runners.engine.compact import compact
from runners.engine.job import Job
from runners.engine.protocol.audit import audited
from runners.engine.run import Run
from runners.engine.store.connection import Store

Arguments = list[str | int]
NOTHING: Arguments = [0]
"""What the scripts take where nothing is asked for."""
DecideWord = Literal["approved", "counted", "rejected", "gone", "decided", "late", "voted", "changed"]


@dataclass(frozen=True, slots=True)
class Decided:
    """The script's answer: what came of this word, and the approval's status after it."""

    word: DecideWord
    status: str


def opened(kind: str, ask: Ask, job_id: str, run_id: str, job_type: str, job_version: int, inputs: str) -> Arguments:
    """Return the arguments of an approval, in the order of `read_ask`; `inputs` is JSON as the run's record keeps it."""
    # fmt: off
    fields: Arguments = [
        "kind", kind, "job_type", job_type, "job_version", job_version, "requests", compact(ask.requests), "on_expiry", ask.on_expiry,
        "digest", digest(job_id, run_id, job_type, job_version, inputs, ask),
    ]
    # fmt: on
    if ask.grants:
        fields += ["grants", "\n".join(grant.to_store(*wanted, run_id, None) for wanted in ask.grants)]
    return [ask.expires_sec * 1000, json.dumps(ask.summary), len(fields), *fields]


def start_ask(job: Job) -> Ask:
    """Return what a job asks for before each of its runs. Silence never starts one."""
    return Ask(f"Start a run of {job.job_id}", (), job.spec.approvers.expires_sec)


def before_start(job: Job, run_id: str, inputs: str, requester: str) -> Arguments:
    """Return the approval that a new run waits for, where its job says so; `inputs` are the run's."""
    if not job.spec.requires_approval:
        return NOTHING
    lasts, summary, _, *fields = opened("start", start_ask(job), job.job_id, run_id, job.spec.type, job.version, inputs)
    approvers = job.spec.approvers.to_approvers()
    fields += ["approvers", approvers.to_store(), "quorum", approvers.quorum, "requester", requester]
    return [lasts, summary, len(fields), *fields]


def decide(
    store: Store,
    approval: Approval,
    run: Run | None,
    inputs: str,
    verdict: Literal["approve", "reject"],
    author: Author,
    note: str,
) -> Decided:
    """Say one person's word on an approval, as it was read with its run; compared and set with its effect in one step.

    The digest is made anew, of what would go on now: the script compares it with the one that was made when it was asked.
    """
    said = f": {note}" if note else ""
    error = json.dumps(f"rejected by {author.name}{said}")
    shown: Arguments = [run.job_type, run.job_version, inputs] if run else []
    texts = (json.dumps(author.name), json.dumps(note), error)
    kind, version = (run.job_type, run.job_version) if run else (approval.job_type, approval.job_version)
    bound = digest(approval.job_id, approval.run_id or "", kind, version, inputs, approval.ask)
    about: dict[str, Any] = {
        "verdict": verdict,
        "note": note,
        "job_id": approval.job_id,
        "run_id": approval.run_id,
        "digest": bound,
    }
    about |= {"grants": [list(wanted) for wanted in approval.grants]} if approval.grants else {}
    entry = Entry(
        author, f"approval:{approval.approval_id}", {"status": approval.status, "votes": len(approval.votes)}, about
    )
    seen = (bound, len(approval.votes), len(shown), *shown)
    answer = audited(store, entry, "decide", approval.approval_id, verdict, *texts, *seen)
    word, status = (str(part) for part in answer)
    return Decided(word, status)  # type: ignore[arg-type]  # the script knows these words only
