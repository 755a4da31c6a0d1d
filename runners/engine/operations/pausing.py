"""Pausing and resuming: a job, a flow group, a priority, everything; and draining a worker.

All of it may be asked for twice: what is paused already keeps its first pause, and what is not paused stays so.
"""

from __future__ import annotations

from runners.engine.errors import Conflict, Invalid, NotFound, Problem
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.pause import Pause
from runners.engine.platform import Platform
from runners.engine.protocol import pause as protocol
from runners.engine.protocol.pause import EVERYTHING, Paused, Target
from runners.engine.store import pauses as stored
from runners.engine.store import processes
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.pauses import Pauses
from runners.engine.store.processes import Process, ProcessStatus


@operation(Role.OPERATOR)
def pause_job(platform: Platform, actor: Actor, job_id: str) -> Pause:
    """Hold the job's slots, and refuse its runs, until it is resumed. Raises NotFound."""
    return _pause(platform, actor, ("job", job_id), f"job '{job_id}'")


@operation(Role.OPERATOR)
def resume_job(platform: Platform, actor: Actor, job_id: str) -> None:
    """Let the job go on. Raises NotFound."""
    _known(protocol.resume(platform.store, ("job", job_id), actor.author()), f"job '{job_id}'")


@operation(Role.OPERATOR)
def pause_flow(platform: Platform, actor: Actor, group: str) -> Pause:
    """Hold the slots of all jobs that name the flow group. Raises NotFound for a group that nobody named."""
    return _pause(platform, actor, ("flow", group), f"flow group '{group}'")


@operation(Role.OPERATOR)
def resume_flow(platform: Platform, actor: Actor, group: str) -> None:
    """Let the flow group go on. Raises NotFound."""
    _known(protocol.resume(platform.store, ("flow", group), actor.author()), f"flow group '{group}'")


@operation(Role.OPERATOR)
def pause_queue(platform: Platform, actor: Actor, priority: str | None = None) -> Pause:
    """Hold slots of the priority, and keep workers from its queued runs; without a priority, of everything."""
    return _pause(platform, actor, _queue(priority), "")


@operation(Role.OPERATOR)
def resume_queue(platform: Platform, actor: Actor, priority: str | None = None) -> None:
    """Let the priority, or everything, go on; what else is paused stays so."""
    protocol.resume(platform.store, _queue(priority), actor.author())


@operation(Role.OPERATOR)
def drain_agent(platform: Platform, actor: Actor, process_id: str) -> Pause:
    """Let a worker take no more runs and end those that it has; it stays idle until it is stopped.

    Raises NotFound, and Conflict for what is no worker, or has gone.
    """
    found = next((one for one in processes.list_processes(platform.store) if one.id == process_id), None)
    _refuse_other(process_id, found)
    return _pause(platform, actor, ("drain", process_id), f"agent '{process_id}'")


@operation(Role.VIEWER)
def pauses(platform: Platform, actor: Actor) -> Pauses:
    """Return what is paused now."""
    return stored.read(platform.store)


def _refuse_other(process_id: str, found: Process | None) -> None:
    if found is None:
        raise NotFound(f"agent '{process_id}' does not exist")
    if found.type != "worker":
        raise Conflict(f"agent '{process_id}' is a {found.type}; only workers drain, so stop it instead")
    if found.status is ProcessStatus.OFFLINE:
        raise Conflict(f"agent '{process_id}' is gone; there is nothing to drain")


def _pause(platform: Platform, actor: Actor, target: Target, named: str) -> Pause:
    answer = _known(protocol.pause(platform.store, target, actor.author()), named)
    assert answer.pause is not None
    return answer.pause


def _known(answer: Paused, named: str) -> Paused:
    if answer.word == "gone":
        raise NotFound(f"{named} does not exist")
    return answer


def _queue(priority: str | None) -> Target:
    if priority is None:
        return EVERYTHING
    if priority not in PRIORITIES:
        fault = f"priority '{priority[:40]}' is not one of {', '.join(PRIORITIES)}"
        raise Invalid([Problem(("priority",), fault, "unknown_priority")])
    return ("queue", priority)
