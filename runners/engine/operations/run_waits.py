"""Why a run does not start, or does not end: who holds it, by when, and what is in its way."""

from __future__ import annotations

from dataclasses import dataclass

from runners.engine.custody import Custody, Standing, custody
from runners.engine.operations.existing import existing_run
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.run import Run, RunStatus
from runners.engine.store.standing import read_standing
from runners.engine.words import say


@dataclass(frozen=True, slots=True)
class RunExplanation:
    """`custody` is None when the run has ended, `standing` unless it is queued; `sentence` says it in words."""

    run: Run
    custody: Custody | None
    standing: Standing | None
    sentence: str


@operation(Role.VIEWER)
def explain_run(platform: Platform, actor: Actor, run_id: str) -> RunExplanation:
    """Say why the run does not start, or who has it. Raises NotFound."""
    run = existing_run(platform.store, run_id)
    held = custody(run)
    standing = read_standing(platform.store, run) if run.status is RunStatus.QUEUED else None
    said = [part.said(actor.language) for part in (standing, held) if part]
    return RunExplanation(run, held, standing, "; ".join(said) or say("start.ended", actor.language))
