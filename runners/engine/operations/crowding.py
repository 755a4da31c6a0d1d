"""How crowded the coming day is: of one job's minutes, and of all minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from runners.engine import crowding as minutes
from runners.engine.coming_day import ComingDay
from runners.engine.coming_day import coming_day as whole_day
from runners.engine.crowding import Coming, Crowding, Timetable
from runners.engine.explain import moment
from runners.engine.operations.existing import existing_job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.timetables import read_all, read_coming
from runners.engine.words import Language, say


@dataclass(frozen=True, slots=True)
class Crowded:
    """How crowded a job's minutes are, and the cron expression that avoids the peak; None when none is better."""

    found: Crowding
    better: str | None

    def said(self, language: Language) -> str:
        """Return it in one sentence, with what to do where something can be done."""
        if self.found.at is None or not self.found.peak:
            return say("crowding.alone", language)
        said = say("crowding.peak", language, count=self.found.peak, at=moment(self.found.at))
        if self.found.minute is None:
            return said
        return f"{said}; " + say("crowding.move", language, minute=f"{self.found.minute:02}", count=self.found.best)


@operation(Role.VIEWER)
def crowding(platform: Platform, actor: Actor, job_id: str) -> Crowded | None:
    """Return how crowded the minutes of a job's slots of the coming day are; None for a job without any. Raises NotFound.

    Three round trips, however many jobs there are.
    """
    job, coming = existing_job(platform.store, job_id), read_coming(platform.store)
    schedule, own = job.spec.schedule, coming.get(job_id)
    if schedule is None or own is None:
        return None
    if job.held and job.next_run_at:  # it is looked at when its hold may end, which is no slot of its own
        own = coming[job_id] = replace(own, next_at=job.next_run_at)
    found = minutes.crowding(schedule, own, _timetable(platform, coming))
    return Crowded(
        found, minutes.moved(schedule.cron, found.minute) if schedule.cron and found.minute is not None else None
    )


@operation(Role.VIEWER)
def coming_day(platform: Platform, actor: Actor) -> ComingDay:
    """Return the coming day with its crowded minutes; two round trips. It grows with the number of jobs (10 000 take 0.1 s)."""
    coming, left_out = read_all(platform.store)
    return whole_day(platform.store.now().replace(second=0, microsecond=0), coming, left_out)


def _timetable(platform: Platform, coming: Mapping[str, Coming]) -> Timetable:
    return Timetable(platform.store.now().replace(second=0, microsecond=0), coming.values())
