"""Flow groups: the limit that many jobs share, who uses it, and who waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from runners.engine.errors import Conflict, NotFound, Stale
from runners.engine.job import Job
from runners.engine.operations.jobs import TRIES
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.pause import limit_flow
from runners.engine.run import Run
from runners.engine.store import flow_groups as stored
from runners.engine.store import jobs, runs
from runners.engine.store.flow_groups import FlowGroup
from runners.engine.store.page import Page


@dataclass(frozen=True, slots=True)
class FlowGroupView:
    """A group with up to 50 of its active runs, oldest first, and of the jobs that wait for it, in their order."""

    group: FlowGroup
    active: list[Run]
    waiting: list[Job]


@operation(Role.VIEWER)
def list_flow_groups(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[FlowGroup]:
    """Return a page of the flow groups, in the order of their names."""
    return stored.list_groups(platform.store, limit, offset, cursor)


@operation(Role.VIEWER)
def get_flow_group(platform: Platform, actor: Actor, name: str) -> FlowGroupView:
    """Return the group, who is active in it and who waits for it. Raises NotFound."""
    store, found = platform.store, stored.load_group(platform.store, name)
    if found is None:
        raise NotFound(f"flow group '{name}' does not exist: no job names it, and nobody has given it a limit")
    members = stored.members(store, name)
    active = runs.load_runs(store, members.active).values()
    waiting = jobs.load_jobs(store, members.waiting).values()
    return FlowGroupView(found, sorted(active, key=lambda run: run.created_at), [job for job in waiting if job.held])


@operation(Role.OPERATOR)
def set_flow_limit(
    platform: Platform, actor: Actor, name: str, limit: int, expected_limit: int | None = None
) -> FlowGroup:
    """Give the group a limit of its own, 0 for none; with those that its enabled jobs state, the lowest holds.

    A lower limit ends no run: it holds until as many have ended. Raises Stale when its own is not `expected_limit`.
    """
    for _ in range(TRIES):
        before = stored.own_limit(platform.store, name)
        if expected_limit not in (None, before):
            raise Stale(
                f"flow group '{name}' has another limit of its own than {expected_limit or 'none'}; read it again"
            )
        if limit_flow(platform.store, name, limit, actor.author(), before) != "stale":
            return stored.load_group(platform.store, name) or FlowGroup(name, 0, 0, (), 0, 0, 0, None)
    raise Conflict(f"the limit of flow group '{name}' keeps being changed by others; try again")
