"""/status: how the platform does."""

from __future__ import annotations

from collections.abc import Iterator

from runners.connector.commands.asking import Asking
from runners.connector.commands.pauses import paused
from runners.connector.reply import Reply
from runners.engine import operations
from runners.engine.approval import ApprovalStatus
from runners.engine.clock import seconds
from runners.engine.operations import Pauses
from runners.engine.store.facts import QueueFacts
from runners.engine.store.processes import online


def status(asking: Asking) -> Reply:
    """Say what is online, what waits and runs, what is held and paused, and whether somebody must decide."""
    platform, actor = asking.platform, asking.actor
    queue, alive = operations.queue(platform, actor), online(operations.agents(platform, actor))
    waiting = operations.list_approvals(platform, actor, ApprovalStatus.PENDING, limit=1).total
    lines = [
        *([asking.say("no_words", command=asking.command.name)] if asking.argument else []),
        asking.say("online", schedulers=alive["scheduler"], workers=alive["worker"]),
        *(asking.say(f"no_{kind}") for kind in ("scheduler", "worker") if not alive[kind]),
        _queue(asking, queue),
        asking.say("held", count=queue.held, pressure=asking.say("on" if queue.pressure_mode else "off")),
        *([asking.say("to_decide", count=waiting)] if waiting else []),
        *_pauses(asking, operations.pauses(platform, actor)),
        asking.say("mode", mode=queue.mode),
    ]
    return Reply("\n".join(lines), page="/ui")


def _queue(asking: Asking, queue: QueueFacts) -> str:
    oldest = asking.say("oldest", seconds=seconds(queue.oldest_wait)) if queue.oldest_wait else ""
    return asking.say("queue", waiting=queue.depth, oldest=oldest, running=queue.running, retrying=queue.delayed)


def _pauses(asking: Asking, found: Pauses) -> Iterator[str]:
    if found.everything:
        yield paused(asking, "everything", "", found.everything)
    for priority, pause in found.queues.items():
        yield paused(asking, "priority", priority, pause)
    if found.flows:
        yield asking.say("paused_flows", count=found.flows, names=_named(found.first_flows, found.flows))
    if found.jobs:
        yield asking.say("paused_jobs", count=found.jobs, names=_named(found.first_jobs, found.jobs))


def _named(first: tuple[str, ...], count: int) -> str:
    return ", ".join(first) + ("…" if count > len(first) else "")
