"""What people do on a stage with approvals; the books are checked after each word."""

from typing import Any

from runners.engine.approval import Approval
from runners.engine.audit import Author
from runners.engine.protocol import asking
from runners.engine.protocol.asking import Decided
from runners.engine.run import Run
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
