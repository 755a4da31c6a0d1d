"""Doing what a plan says: all of its jobs saved in one step or none, then their runs begun, and waited for a while."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.events import EventType
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.operations.runs import run_job
from runners.engine.operations.transfer import take_in
from runners.engine.platform import Platform
from runners.engine.protocol import events
from runners.engine.run import Run
from runners.engine.store.runs import load_runs
from runners.engine.words import Language
from runners.planner.planning import Action, Plan, Planned, Wish, planned, specs

LOOK_EVERY_SEC = 0.2
WAITING = threading.BoundedSemaphore(8)
"""Runs are waited for by at most eight requests of a process, so that all others are answered meanwhile."""


@dataclass(frozen=True, slots=True)
class Executed:
    """What became of one job of a plan: whether it was made, and its run if one was begun. `error` says why none was."""

    job: Planned
    created: Action
    run: Run | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """A plan, and what became of each of its jobs."""

    plan: Plan
    results: tuple[Executed, ...]


@operation(Role.OPERATOR)
def execute_plan(
    platform: Platform,
    actor: Actor,
    wish: Wish,
    run_immediately: bool = False,
    wait_seconds: float = 0.0,
    idempotency_key: str | None = None,
    digest: str | None = None,
) -> Execution:
    """Save the jobs that the prompt asks for, all or none, and run those at once that it wants now.

    Sent again it finds its jobs unchanged, and with the same `idempotency_key` its runs, too. Runs are waited for at most
    `wait_seconds` in all, and not at all while as many others wait as may. Raises Invalid when the prompt leaves something
    open or asks for nothing that can be done, and Stale when it does not come to the plan of `digest` any more, unless all of
    that stands already.
    """
    found = planned(platform, wish, actor.language)
    refuse_unclear(found, actor.language)
    if digest and found.digest != digest and not found.stands:
        raise Stale("the plan is not what was shown any more: jobs were changed since; look at it again")
    rows = {row.job_id: row.action for row in take_in(platform, actor, specs(found), False, "planner").rows}
    results = [Executed(job, rows[job.spec.job_id]) for job in found.jobs]
    if run_immediately or any(job.spec.schedule is None for job in found.jobs):
        results = [_begun(platform, actor, result, run_immediately, idempotency_key) for result in results]
    done = _waited(platform, results, wait_seconds)
    about = {"jobs": len(done), "runs": sum(result.run is not None for result in done), "actor": actor.name}
    events.append(platform.store, EventType.PLANNER_EXECUTE_COMPLETED, about)
    return Execution(found, tuple(done))


def refuse_unclear(found: Plan, language: Language) -> None:
    """Raise Invalid, with all that is open and all that cannot be done, unless the plan is whole."""
    open_ = [
        f"{question.note.said(language)} ({' | '.join(question.offered(language))})" for question in found.questions
    ]
    problems = [Problem(("prompt",), text, "question") for text in open_]
    problems += [Problem(("prompt",), refusal.said(language), "out_of_reach") for refusal in found.refusals]
    if problems:
        raise Invalid(problems)


def _begun(platform: Platform, actor: Actor, result: Executed, every: bool, key: str | None) -> Executed:
    """Begin a run of the job if it is wanted; a guard that holds it is no fault of the plan."""
    job = result.job.spec
    if not every and job.schedule is not None:
        return result
    try:
        run = run_job(platform, actor, job.job_id, source="planner", idempotency_key=key)
    except Conflict as held:
        return replace(result, error=str(held))
    return replace(result, run=run)


def _waited(platform: Platform, results: list[Executed], wait_seconds: float) -> list[Executed]:
    """Return the results with their runs as they are when all have ended, or the time is over."""
    if not wait_seconds or not WAITING.acquire(blocking=False):
        return _looked(platform, results)
    until, pause = time.monotonic() + wait_seconds, threading.Event()
    try:
        while _is_active(results := _looked(platform, results)) and time.monotonic() < until:
            pause.wait(min(LOOK_EVERY_SEC, max(0.0, until - time.monotonic())))
        return results
    finally:
        WAITING.release()


def _looked(platform: Platform, results: list[Executed]) -> list[Executed]:
    found = load_runs(platform.store, [result.run.run_id for result in results if result.run])
    return [replace(result, run=found.get(result.run.run_id) if result.run else None) for result in results]


def _is_active(results: list[Executed]) -> bool:
    return any(result.run and result.run.status.active for result in results)
