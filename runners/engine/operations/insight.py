"""What the platform knows about itself: its server, what it holds, how runs spread over time, and whether all is well."""

from __future__ import annotations

from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import insight
from runners.engine.store import contents, examination, spreads
from runners.engine.store.contents import Contents
from runners.engine.store.examination import Examination
from runners.engine.store.spreads import Spreads


@operation(Role.VIEWER)
def about(platform: Platform, actor: Actor) -> Contents:
    """Return what the server says of itself, and what it holds for the platform."""
    return contents.contents(platform.store)


@operation(Role.VIEWER)
def last_examination(platform: Platform, actor: Actor) -> Examination:
    """Return what a scheduler found when it last examined the deployment, and who waits for another look."""
    return examination.load(platform.store)


@operation(Role.OPERATOR)
def ask_examination(platform: Platform, actor: Actor) -> None:
    """Ask for an examination; a scheduler does it within seconds."""
    insight.ask_examination(platform.store, actor.author())


@operation(Role.VIEWER)
def spread_of_runs(platform: Platform, actor: Actor, step_sec: int) -> Spreads:
    """Return how many runs ended, and how long they waited and took: by minutes of the last hour, or quarters of the last day."""
    return spreads.spreads(platform.store, step_sec)
