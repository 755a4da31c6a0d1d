"""A run's life: what it did one after the other, and the same as SVG on one scale of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from runners.engine.run import Attempt, Run, RunStatus
from webapp.presentation.states import state_word
from webapp.presentation.times import clock, duration

ROW = 22
_SVG = Markup('<svg class="timeline" height="{height}" role="img" aria-label="{words}">{parts}</svg>')
_BAR = Markup('<rect class="{outcome}" x="{left:.2f}%" width="{width:.2f}%" y="{y}" height="{height}" rx="2"/>')
_LINE = Markup('<line class="axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')
NARROWEST = 0.6
"""Percent of the width that even the shortest step gets, so that it can be seen."""
WAITED = "waited"


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a run's life from `at`, as long as `took`: an attempt with its outcome, or a wait (`attempt` None).

    `shape` is the state that it is drawn as; `word` says what it was. `lasts` while it goes on.
    """

    shape: str
    word: str
    at: datetime
    took: timedelta
    attempt: Attempt | None = None
    lasts: bool = False


def steps(run: Run, now: datetime) -> tuple[Step, ...]:
    """Return the steps from the run's creation to its end, or to `now`, without gaps."""
    return tuple(_steps(run, now))


def draw(run: Run, now: datetime) -> Markup:
    """Return one row for each step, on one scale from creation to the end."""
    found = steps(run, now)
    end = run.finished_at or max(now, run.created_at)
    span = max(end - run.created_at, timedelta(milliseconds=1))
    bars = [_bar(row, step, run.created_at, span) for row, step in enumerate(found)]
    height = len(bars) * ROW
    parts = (*bars, *_axis(run.created_at, end, height))
    return _SVG.format(height=height + 18, words=in_words(found), parts=Markup("").join(parts))


def in_words(found: Sequence[Step]) -> str:
    """Return the timeline in one sentence."""
    return "; ".join(f"{step.word} {duration(step.took)}" for step in found)


def _steps(run: Run, now: datetime) -> Iterator[Step]:
    reached = run.created_at
    for number, attempt in enumerate(run.attempts):
        if attempt.started_at > reached:
            yield Step(WAITED, _wait(number), reached, attempt.started_at - reached)
        end = attempt.finished_at or max(now, attempt.started_at)
        outcome = attempt.outcome or "running"
        shape = "waiting" if outcome == "waiting_approval" else outcome
        word = _("attempt %(number)s", number=attempt.attempt + 1)
        yield Step(shape, word, attempt.started_at, end - attempt.started_at, attempt, attempt.finished_at is None)
        reached = end
    end = run.finished_at or max(now, reached)
    if run.status is not RunStatus.RUNNING and (end > reached or not run.attempts):
        yield Step(WAITED, _rest(run), reached, end - reached, lasts=run.status.active)


def _wait(number: int) -> str:
    return _("waited for its next start") if number else _("waited in the queue")


def _rest(run: Run) -> str:
    """Return what a run waits for now, or waited for until it ended without another start."""
    if run.status is RunStatus.WAITING_APPROVAL:
        return _("waits for a decision")
    if run.status.active:
        return _("waits for its next attempt") if run.status is RunStatus.RETRYING else _("waits in the queue")
    return _("waited, and ended without a start")


def outcome_word(step: Step) -> str:
    """Return the word of an attempt's outcome."""
    return {"lost": _("worker lost"), "returned": _("given back")}.get(step.shape, "") or state_word(step.shape)


def _bar(row: int, step: Step, zero: datetime, span: timedelta) -> Markup:
    left = min(max((step.at - zero) / span * 100, 0), 100 - NARROWEST)
    width = min(max(step.took / span * 100, NARROWEST), 100 - left)
    return _BAR.format(outcome=step.shape, left=left, width=width, y=row * ROW + 4, height=ROW - 8)


def _axis(start: datetime, end: datetime, height: int) -> Iterator[Markup]:
    yield _LINE.format(y=height)
    yield _TEXT.format(x="0", y=height + 14, anchor="start", text=clock(start))
    yield _TEXT.format(x="100%", y=height + 14, anchor="end", text=clock(end))
