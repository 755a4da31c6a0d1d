"""What a schedule is: a value that says when a job is due, and what to do with slots nobody looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from runners.engine.clock import rfc3339, seconds


class Kind(StrEnum):
    """The three ways to say when."""

    INTERVAL = "interval"
    CRON = "cron"
    AT = "at"


class Misfire(StrEnum):
    """What happens to slots that fell due while no scheduler looked."""

    SKIP = "skip"
    RUN_ONCE = "run_once"
    RUN_ALL = "run_all"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is due; exactly one of `interval`, `cron` and `at` is set, as `kind` says.

    `at` is aware UTC. `timezone` is an IANA name; it decides what a cron expression means, and a naive `at`.
    `misfire_grace` None means that a missed slot never becomes too old.
    """

    kind: Kind
    interval: timedelta | None = None
    cron: str | None = None
    at: datetime | None = None
    timezone: str = "UTC"
    misfire: Misfire = Misfire.RUN_ONCE
    misfire_grace: timedelta | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the schedule as the API shows it: the one way to say when, then the rest."""
        when: dict[str, Any] = {}
        if self.interval is not None:
            when["interval_sec"] = seconds(self.interval)
        if self.cron is not None:
            when["cron"] = self.cron
        if self.at is not None:
            when["at"] = rfc3339(self.at)
        grace = None if self.misfire_grace is None else seconds(self.misfire_grace)
        return when | {"timezone": self.timezone, "misfire": self.misfire.value, "misfire_grace_sec": grace}
