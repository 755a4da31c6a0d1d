"""From a command to its answer: the operations that chat may ask for."""

from __future__ import annotations

from runners.connector import commands
from runners.connector.reply import Command, Reply
from runners.engine import operations
from runners.engine.operations import Actor
from runners.engine.platform import Platform
from runners.engine.run import RunStatus
from runners.engine.store.job_index import JobFilter
from runners.engine.store.run_index import RunFilter


def answer(platform: Platform, asking: Actor, command: Command) -> Reply:
    """Return the reply to `command`; raises MultijobError as the operations do.

    What is asked for twice under one `asking.request_id` is done once: operations that are not so by themselves get it
    as their idempotency key.
    """
    return Reply(_said(platform, asking, command))


def _said(platform: Platform, asking: Actor, command: Command) -> str:
    match command.name:
        case "start":
            return commands.greeting()
        case "help":
            return commands.HELP
        case "status":
            return _status(platform, asking)
        case "jobs":
            wanted = JobFilter(search=command.argument or None)
            found = operations.list_jobs(platform, asking, wanted, limit=commands.ROWS, offset=0)
            return commands.jobs(found, asking.language)
        case "why":
            return _why(platform, asking, command.argument)
        case "runs":
            return _runs(platform, asking, command.argument.lower())
        case "cancel":
            return _cancel(platform, asking, command.argument)
        case "pause":
            return _pause(platform, asking, *commands.target(command.argument))
        case "resume":
            return _resume(platform, asking, *commands.target(command.argument))
    return commands.unknown(command.name)


def _status(platform: Platform, asking: Actor) -> str:
    pauses = operations.pauses(platform, asking)
    return commands.status(operations.queue(platform, asking), operations.agents(platform, asking), pauses)


def _pause(platform: Platform, asking: Actor, kind: str, name: str) -> str:
    match kind:
        case "job":
            pause = operations.pause_job(platform, asking, name)
        case "flow":
            pause = operations.pause_flow(platform, asking, name)
        case _:
            pause = operations.pause_queue(platform, asking, name or None)
    return commands.paused(kind, name, pause)


def _resume(platform: Platform, asking: Actor, kind: str, name: str) -> str:
    match kind:
        case "job":
            operations.resume_job(platform, asking, name)
        case "flow":
            operations.resume_flow(platform, asking, name)
        case _:
            operations.resume_queue(platform, asking, name or None)
    return commands.resumed(kind, name)


def _why(platform: Platform, asking: Actor, job_id: str) -> str:
    if not job_id:
        return "which job? /why job"
    found = operations.explain(platform, asking, job_id)
    return "\n".join(
        [found.sentence, *(found.outlooks[hold.guard].said(asking.language) for hold in [found.hold] if hold)]
    )


def _cancel(platform: Platform, asking: Actor, run_id: str) -> str:
    if not run_id:
        return "which run? /cancel run"
    return commands.cancelled(operations.cancel_run(platform, asking, run_id))


def _runs(platform: Platform, asking: Actor, status: str) -> str:
    if status and status not in {known.value for known in RunStatus}:
        return f"{status[:32]!r} is not a status; there are {', '.join(RunStatus)}"
    wanted = RunFilter(status=RunStatus(status) if status else None)
    return commands.runs(operations.list_runs(platform, asking, wanted, limit=commands.ROWS, offset=0))
