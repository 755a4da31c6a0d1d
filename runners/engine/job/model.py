"""A job as the store keeps it: its spec, and where it stands between its slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from runners.engine.job.controls import Controls
from runners.engine.job.spec import JobSpec
from runners.engine.pause import Pause
from runners.engine.schedule import jitter_offset

if TYPE_CHECKING:
    from runners.engine.guards import Hold


@dataclass(frozen=True, slots=True)
class Held:
    """The slot of a job that waits now, since when, and what holds it; `seen` is what the guards saw (`seen.py`)."""

    slot_at: datetime
    since: datetime
    hold: Hold
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job. All times are aware UTC; `anchor_at` is where interval slots are counted from.

    `next_slot_at` is the nominal time of the next undecided slot, None when there is none (no schedule, disabled,
    or over). `last_*` tell of the newest run that ended, and are None before the first. `paused` is the job's own pause.
    """

    spec: JobSpec
    version: int
    incarnation: int
    enabled: bool
    created_at: datetime
    updated_at: datetime
    anchor_at: datetime
    next_slot_at: datetime | None = None
    held: Held | None = None
    last_run_id: str | None = None
    last_status: str | None = None
    last_finished_at: datetime | None = None
    paused: Pause | None = None

    @property
    def job_id(self) -> str:
        """The job's name, unique and for ever."""
        return self.spec.job_id

    @property
    def controls(self) -> Controls:
        """How the guards treat the job."""
        return self.spec.controls

    @property
    def next_run_at(self) -> datetime | None:
        """When the next slot really goes out: its nominal time and the job's own jitter.

        None while a pause keeps the job from the schedulers: its slots are counted when it goes on.
        """
        if self.next_slot_at is None or (self.held and self.held.hold.guard == "paused"):
            return None
        return self.next_slot_at + jitter_offset(self.job_id, self.controls.jitter)
