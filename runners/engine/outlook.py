"""When a hold can change: by a clock where one tells, and else by an estimate that says that it is one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runners.engine.explain import moment
from runners.engine.guards import Hold
from runners.engine.run import Run, RunStatus
from runners.engine.words import Language, say

MINUTE = timedelta(minutes=1)
DECIDED_BY_PEOPLE = frozenset({"paused", "pending_approval"})


@dataclass(frozen=True, slots=True)
class Blocking:
    """A run that holds others back, and how long 95 % of its job's runs take at most; None when none has succeeded yet."""

    run: Run
    usual: timedelta | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """When a hold can change, None when no time can be told, and why (`change.<reason>` in the catalogue).

    `count` runs are to go, at `per_minute`, where the estimate rests on them.
    """

    at: datetime | None
    reason: str
    count: int = 0
    per_minute: float = 0

    @property
    def estimated(self) -> bool:
        """True when the time is an estimate and no clock's."""
        return self.at is not None and self.reason not in ("clock", "approval")

    def said(self, language: Language) -> str:
        """Return it in words."""
        at = moment(self.at) if self.at else ""
        return say(f"change.{self.reason}", language, at=at, count=self.count, rate=f"{self.per_minute:g}")


def outlook(hold: Hold, now: datetime, blocking: Sequence[Blocking], ended_per_minute: float) -> Outlook:
    """Return when `hold` can change; `blocking` are the runs that it names, `ended_per_minute` how fast the queue goes."""
    if hold.until is not None:
        return Outlook(hold.until, "approval" if hold.guard == "pending_approval" else "clock")
    if hold.guard in DECIDED_BY_PEOPLE:
        return Outlook(None, "person")
    if hold.guard == "pressure":
        return _drained(hold.observed - hold.limit, now, ended_per_minute)
    return _ended(hold.guard, now, blocking)


def _drained(backlog: int, now: datetime, per_minute: float) -> Outlook:
    if per_minute <= 0:
        return Outlook(None, "stalled")
    return Outlook(now + max(backlog, 0) / per_minute * MINUTE, "pressure", backlog, per_minute)


def _ended(guard: str, now: datetime, blocking: Sequence[Blocking]) -> Outlook:
    """An overlap ends with the last of its runs, a full group with the first."""
    ends = [end for each in blocking if (end := _end(each, now)) is not None]
    ahead = [end for end in ends if end > now]
    if guard == "overlap" and ends and len(ahead) == len(blocking):
        return Outlook(max(ahead), guard)
    if guard != "overlap" and ahead:
        return Outlook(min(ahead), guard)
    return Outlook(None, "overdue" if len(ahead) < len(ends) else "unknown")


def _end(blocking: Blocking, now: datetime) -> datetime | None:
    """Return when 95 of 100 such runs would have ended; None when that is not known or a person decides."""
    run = blocking.run
    if blocking.usual is None or run.status is RunStatus.WAITING_APPROVAL:
        return None
    begins = run.started_at if run.status is RunStatus.RUNNING else run.retry_at
    return (begins or now) + blocking.usual
