"""A schedule as people and programs write it, checked strictly, with every problem named at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import Whole
from runners.engine.problems import problems_of
from runners.engine.schedule.at import check_at, read_at
from runners.engine.schedule.cron import check_cron
from runners.engine.schedule.model import Kind, Misfire, Schedule
from runners.engine.schedule.zone import check_zone

LONGEST_SEC = 366 * 86_400
CRON_GRACE_SEC = 60
WAYS = {"interval_sec": Kind.INTERVAL, "cron": Kind.CRON, "at": Kind.AT}


class ScheduleSpec(BaseModel):
    """When to run: exactly one of `interval_sec` (1 to 31 622 400, 366 days), `cron` (five fields) and `at` (RFC 3339).

    An `at` without offset is a local time of `timezone` (an IANA name). `misfire_grace_sec` (0 to 31 622 400) null
    means no limit; left out, it is 60 for cron and no limit otherwise.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    interval_sec: Annotated[int, Whole(1, LONGEST_SEC)] | None = None
    cron: Annotated[str, AfterValidator(check_cron)] | None = None
    at: Annotated[str, AfterValidator(check_at)] | None = None
    timezone: Annotated[str, AfterValidator(check_zone)] = "UTC"
    misfire: Annotated[Misfire, Field(strict=False)] = Misfire.RUN_ONCE
    misfire_grace_sec: Annotated[int, Whole(0, LONGEST_SEC)] | None = None

    def to_schedule(self) -> Schedule:
        """Return the value that the engine works with."""
        return Schedule(
            kind=next(kind for way, kind in WAYS.items() if getattr(self, way) is not None),
            interval=None if self.interval_sec is None else timedelta(seconds=self.interval_sec),
            cron=self.cron,
            at=None if self.at is None else read_at(self.at, self.timezone),
            timezone=self.timezone,
            misfire=self.misfire,
            misfire_grace=self._grace(),
        )

    def _grace(self) -> timedelta | None:
        if self.cron is not None and "misfire_grace_sec" not in self.model_fields_set:
            return timedelta(seconds=CRON_GRACE_SEC)
        return None if self.misfire_grace_sec is None else timedelta(seconds=self.misfire_grace_sec)


def one_way_only(raw: object) -> list[Problem]:
    """Return the problem of a schedule object that says when in no way, or in several; else nothing."""
    if not isinstance(raw, dict):
        return []
    ways = [way for way in WAYS if raw.get(way) is not None]
    if len(ways) == 1:
        return []
    said = f"says {' and '.join(ways)}" if ways else "does not say when"
    return [Problem((), f"schedule {said}; give exactly one of interval_sec, cron, at", "one_of")]


def parse(raw: object) -> Schedule:
    """Return the schedule that `raw` (a JSON object) means; raises Invalid with all its problems."""
    problems = one_way_only(raw)
    try:
        spec = ScheduleSpec.model_validate(raw)
    except ValidationError as error:
        raise Invalid([*problems, *problems_of(error, ScheduleSpec)]) from None
    if problems:
        raise Invalid(problems)
    return spec.to_schedule()
