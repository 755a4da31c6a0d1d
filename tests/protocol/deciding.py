"""What people do on a stage with approvals; the books are checked after each word."""

from typing import Any

from runners.engine.approval import Approval
from runners.engine.ask import Ask
from runners.engine.audit import Author
from runners.engine.grant import Capability
from runners.engine.protocol import asking, granting
from runners.engine.protocol.asking import Decided
from runners.engine.protocol.work import Claimed
from runners.engine.run import Run
from runners.engine.store.approvals import load_approvals
from tests.protocol.stage import Stage


def approval(stage: Stage, run_id: str, number: int = 0) -> Approval:
    """Return the run's latest approval, or the one of this number."""
    approval_id = f"ap_{run_id.removeprefix('run_')}_{number or stage.run(run_id).asks}"
    return Approval.from_hash(approval_id, stage.store.redis.hgetall(stage.store.keys.approval(approval_id)))


def decide(
    stage: Stage, run_id: str, verdict: Any = "approve", number: int = 0, by: str = "boss", note: str = ""
) -> Decided:
    """Decide on an approval of the run, as it stands now."""
    return say(stage, approval(stage, run_id, number), verdict, by, note)


def say(stage: Stage, shown: Approval, verdict: Any = "approve", by: str = "boss", note: str = "") -> Decided:
    """Say a word on an approval as it was shown, now or long ago."""
    run = stage.run(shown.run_id) if shown.run_id else None
    inputs = str(stage.store.redis.hget(stage.store.keys.run(shown.run_id), "inputs")) if run else ""
    answer = asking.decide(stage.store, shown, run, inputs, verdict, Author(by, "api"), note)
    if stage.checking:
        stage.check()
    return answer


def only_run(stage: Stage) -> Run:
    """Return the one run that there is."""
    (name,) = stage.store.redis.zrange(stage.store.keys.runs, 0, -1)
    return stage.run(name)


def an_ask(claimed: Claimed, summary: str = "Go on", **more: Any) -> tuple[str | int, ...]:
    """Return the question of a claimed run's handler, as a worker sends it."""
    fields = claimed.fields
    about = (fields["job_id"], claimed.run_id, fields["job_type"], int(fields["job_version"]), fields["inputs"])
    return tuple(asking.opened("ask", Ask(summary, **more), *about))


def finish_asking(stage: Stage, claimed: Claimed, summary: str = "Go on", **more: Any) -> str:
    """End a start of a run by asking people. Returns its new status, or stale."""
    return str(stage.finish(claimed, "asked", ask=an_ask(claimed, summary, **more)))


def ask_grant(stage: Stage, job_id: str) -> str:
    """Ask for a capability of the job, by which it is held. Returns the approval's id."""
    author = Author("ana", "api")
    _, name = granting.request(stage.store, author, stage.job(job_id), Capability.PROGRAM, "echo", None, 3600)
    if stage.checking:
        stage.check()
    return name


def pending(stage: Stage) -> list[Approval]:
    """Return what waits for people now."""
    names = stage.store.redis.zrange(stage.store.keys.approvals_in("pending"), 0, -1)
    return list(load_approvals(stage.store, names).values())


def decide_all(stage: Stage, verdict: Any = "approve") -> None:
    """Decide on all that waits."""
    for shown in pending(stage):
        say(stage, shown, verdict)
