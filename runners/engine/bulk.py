"""A bulk operation: one action on many runs or jobs, done bit by bit; docs/api.md says what that means.

States: working → finished, and from either of them undoing → undone. What is not done within a day is withdrawn, so that
no item can be done twice: whether one was done is known for a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MOST = 10_000
"""Runs or jobs of one bulk operation."""
AT_ONCE = 25
EVERY = timedelta(milliseconds=250)
"""One process at a time does `AT_ONCE` runs, at most once in this time: 100 a second in the whole deployment."""
PER_SECOND = AT_ONCE * round(timedelta(seconds=1) / EVERY)
HELD_EVERY = timedelta(seconds=2)
"""The pause after a look at which guards held all of what is left."""
LIFE = timedelta(days=1)
"""How long runs are waited for that a guard holds, and how long an operation may be undone."""


class Action(StrEnum):
    """What is done to every run, or to every job."""

    RETRY = "retry"
    CANCEL = "cancel"
    ENABLE = "enable"
    DISABLE = "disable"
    RUN = "run"
    TAG = "tag"
    UNTAG = "untag"
    DELETE = "delete"

    @property
    def on_jobs(self) -> bool:
        """True for what is done to jobs."""
        return self not in (Action.RETRY, Action.CANCEL)

    @property
    def opposite(self) -> Action | None:
        """What takes it back from a job; None for what leaves no job that could be as it was."""
        return OPPOSITES.get(self)


OPPOSITES = {
    Action.ENABLE: Action.DISABLE,
    Action.DISABLE: Action.ENABLE,
    Action.TAG: Action.UNTAG,
    Action.UNTAG: Action.TAG,
}


class State(StrEnum):
    """Where an operation stands."""

    WORKING = "working"
    FINISHED = "finished"
    UNDOING = "undoing"
    UNDONE = "undone"

    @property
    def works(self) -> bool:
        """True while something is left to be done."""
        return self in (State.WORKING, State.UNDOING)


class ItemOutcome(StrEnum):
    """What became of one run: done, passed over, taken back, not to be taken back, or not done and never to be."""

    DONE = "done"
    SKIPPED = "skipped"
    UNDONE = "undone"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Bulk:
    """One operation. `counts` has a number for each outcome; `left` runs are still to be done, or to be taken back.

    `held_by` names the guard that held all of what is left at the last look, '' when none did. An operation on jobs has the
    `tag` that is given or taken, and `cancels` when active runs end with what is deleted.
    """

    bulk_id: str
    action: Action
    filter: Mapping[str, Any]
    state: State
    total: int
    left: int
    counts: Mapping[ItemOutcome, int]
    held_by: str
    actor: str
    trace_id: str
    created_at: datetime
    finished_at: datetime | None
    undone_by: str | None
    tag: str = ""
    cancels: bool = False

    def can_be_undone(self, now: datetime) -> bool:
        """Say whether it can be taken back at `now`: once, and within a day."""
        has_way_back = not self.action.on_jobs or self.action.opposite is not None
        return has_way_back and self.state in (State.WORKING, State.FINISHED) and now < self.created_at + LIFE

    @property
    def doer(self) -> str:
        """Who does what is done now: whoever takes it back, or else who began it."""
        return self.undone_by or self.actor


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one run or job; `detail` is the id of a run that was made for it, or why nothing was done.

    `subject` is a run's id, or `job id@version`: the job, and the version at which it was chosen.
    """

    subject: str
    outcome: ItemOutcome
    detail: str

    @property
    def run_id(self) -> str:
        """The run; of an operation on runs."""
        return self.subject

    @property
    def job_id(self) -> str:
        """The job; of an operation on jobs."""
        return self.subject.partition("@")[0]
