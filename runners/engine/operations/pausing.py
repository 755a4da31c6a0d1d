"""Pausing and resuming: a job, a flow group, a priority, everything; and draining or stopping a worker.

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
from runners.engine.store.processes import ProcessStatus


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
    _refuse_other(platform, process_id, "drain")
    return _pause(platform, actor, ("drain", process_id), f"agent '{process_id}'")


@operation(Role.OPERATOR)
def stop_agent(platform: Platform, actor: Actor, process_id: str) -> Pause:
    """Let a worker end as by SIGTERM: at its next beat it takes no more runs, ends those that it has within SHUTDOWN_GRACE,
    gives back the rest, and leaves. Who keeps it running (`up`, a service manager) starts another one in its place.

    Raises NotFound, and Conflict for what is no worker, has gone, or is no process of its own.
    """
    _refuse_other(platform, process_id, "stop")
    if platform.store.mode.name == "memory":
        raise Conflict(
            f"agent '{process_id}' is a part of the one process that is everything in memory mode; end that one"
        )
    return _pause(platform, actor, ("stop", process_id), f"agent '{process_id}'")


@operation(Role.VIEWER)
def pauses(platform: Platform, actor: Actor) -> Pauses:
    """Return what is paused now."""
    return stored.read(platform.store)


def _refuse_other(platform: Platform, process_id: str, what: str) -> None:
    found = next((one for one in processes.list_processes(platform.store) if one.id == process_id), None)
    if found is None:
        raise NotFound(f"agent '{process_id}' does not exist")
    if found.type != "worker":
        raise Conflict(
            f"agent '{process_id}' is a {found.type}; only workers {what} when asked, so end its process instead"
        )
    if found.status is ProcessStatus.OFFLINE:
        raise Conflict(f"agent '{process_id}' is gone; there is nothing to {what}")


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
