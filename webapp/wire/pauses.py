"""Pauses as JSON: what is paused, since when, by whom."""

from typing import Literal

from runners.engine.operations import Pauses
from runners.engine.pause import Pause
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp_or_none


class PauseRow(Shape):
    """`blocker` is everything, queue:PRIORITY, flow:NAME, drain:WORKER, stop:WORKER, or job.

    `since` is null when `rq suspend` was used, which leaves no time; `until` unless it ends by itself.
    """

    blocker: str
    since: Stamp | None
    by: str
    until: Stamp | None


class PausedRow(Shape):
    """The answer to pause, resume, drain and stop. `pause` is the first one of what was paused before, null after a resume."""

    status: Literal["paused", "resumed", "draining", "stopping"]
    pause: PauseRow | None


class PausesRow(Shape):
    """All that is paused: everything, priorities by name, and how many flow groups and jobs."""

    everything: PauseRow | None
    priorities: dict[str, PauseRow]
    flow_groups: int
    jobs: int


def pause_row(pause: Pause) -> PauseRow:
    """Return `pause` for the wire."""
    return {
        "blocker": pause.blocker,
        "since": stamp_or_none(pause.since),
        "by": pause.by,
        "until": stamp_or_none(pause.until),
    }


def pause_row_or_none(pause: Pause | None) -> PauseRow | None:
    """Return `pause` for the wire, None for none."""
    return pause_row(pause) if pause else None


def pauses_row(pauses: Pauses) -> PausesRow:
    """Return all that is paused for the wire."""
    return {
        "everything": pause_row_or_none(pauses.everything),
        "priorities": {priority: pause_row(pause) for priority, pause in pauses.queues.items()},
        "flow_groups": pauses.flows,
        "jobs": pauses.jobs,
    }
