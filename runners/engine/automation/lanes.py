"""Lanes: the flow groups that recurring agent workflows come in, each with what a workflow in it begins with.

A lane is a flow group and nothing more: its limit is that of the group. Why each has these values stands beside them; a
worker at the default has five slots. The agent's own limit of seconds lies below the time limit of the attempt, so that it
ends by saying how far it came instead of being stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from runners.engine.automation.presets import PRESETS, PresetName

LaneName = Literal["ops_realtime", "scrap_pipeline", "media_generate"]


@dataclass(frozen=True, slots=True)
class LaneTemplate:
    """What a workflow of the lane `name` begins with: every field of it can be said otherwise."""

    name: LaneName
    limit: int
    priority: Literal["critical", "normal", "low"]
    interval_sec: int
    jitter_sec: int
    timeout_ms: int
    max_retry: int
    backoff_sec: tuple[int, ...]
    preset: PresetName
    steps: int
    seconds: int

    def fields(self) -> dict[str, Any]:
        """Return the fields of the form that it fills."""
        return {
            "interval_sec": self.interval_sec,
            "timeout_ms": self.timeout_ms,
            "max_retry": self.max_retry,
            "backoff_sec": list(self.backoff_sec),
            "flow_group": self.name,
            "flow_max_active_runs": self.limit,
            "pressure_priority": self.priority,
            "dispatch_jitter_sec": self.jitter_sec,
            **PRESETS[self.preset].fields(),
            "limits": {"steps": self.steps, "seconds": self.seconds},
        }


TEMPLATES: Final[Mapping[str, LaneTemplate]] = {
    lane.name: lane
    for lane in (
        # Watching what happens now: it goes out under pressure too, because then it is needed most, and leaves one of five
        # slots to everything else. A look that hangs ends before the next is due, is tried again once, at once, and keeps
        # being tried: being silent for an hour is worse than five failed looks.
        LaneTemplate("ops_realtime", 4, "critical", 60, 5, 45_000, 1, (5,), "critical", 6, 40),
        # Fetching from other people's sites: two at a time and spread over two minutes, so that no site sees a burst; a
        # site that refuses is left alone early and for long, because asking on is what makes it refuse for good.
        LaneTemplate("scrap_pipeline", 2, "normal", 900, 120, 120_000, 2, (30, 120), "fragile", 12, 110),
        # Making pictures, sound and texts: slow, dear, and wanted by nobody this minute. One at a time, behind everything
        # else, with all the time the form allows; not tried again, since each attempt costs, and after one failure somebody
        # should look before more is spent.
        LaneTemplate("media_generate", 1, "low", 3600, 600, 300_000, 0, (60,), "batch", 20, 280),
    )
}
