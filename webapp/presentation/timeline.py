"""A run's life as SVG: how long it waited, and each attempt."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from markupsafe import Markup

from runners.engine.run import Attempt, Run
from webapp.presentation.times import clock, duration

ROW = 22
_SVG = Markup('<svg class="timeline" height="{height}" role="img" aria-label="{words}">{parts}</svg>')
_BAR = Markup('<rect class="{outcome}" x="{left:.2f}%" width="{width:.2f}%" y="{y}" height="{height}" rx="2"/>')
_LINE = Markup('<line class="axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')
NARROWEST = 0.6
"""Percent of the width that even the shortest attempt gets, so that it can be seen."""


def draw(run: Run, now: datetime) -> Markup:
    """Return one row for the wait before the first start and one per attempt, on one scale from creation to the end."""
    end = run.finished_at or max(now, run.created_at)
    span = max(end - run.created_at, timedelta(milliseconds=1))
    started = run.attempts[0].started_at if run.attempts else run.started_at
    rows = [_bar(0, "waited", run.created_at, started or end, run.created_at, span)]
    rows += [
        _bar(row, attempt.outcome or "running", attempt.started_at, attempt.finished_at or end, run.created_at, span)
        for row, attempt in enumerate(run.attempts, start=1)
    ]
    height = len(rows) * ROW
    parts = (*rows, *_axis(run.created_at, end, height))
    return _SVG.format(height=height + 18, words=in_words(run, now), parts=Markup("").join(parts))


def in_words(run: Run, now: datetime) -> str:
    """Return the timeline in one sentence."""
    attempts = [f"attempt {attempt.attempt + 1} {attempt.outcome or 'running'}" for attempt in run.attempts]
    return f"{duration((run.finished_at or now) - run.created_at)} from creation: " + ", ".join(
        attempts or ["not started"]
    )


def took(attempt: Attempt, now: datetime) -> timedelta:
    """Return how long the attempt ran, up to now while it runs."""
    return (attempt.finished_at or now) - attempt.started_at


def _bar(row: int, outcome: str, start: datetime, end: datetime, zero: datetime, span: timedelta) -> Markup:
    left = min(max((start - zero) / span * 100, 0), 100 - NARROWEST)
    width = min(max((end - start) / span * 100, NARROWEST), 100 - left)
    return _BAR.format(outcome=outcome, left=left, width=width, y=row * ROW + 4, height=ROW - 8)


def _axis(start: datetime, end: datetime, height: int) -> Iterator[Markup]:
    yield _LINE.format(y=height)
    yield _TEXT.format(x="0", y=height + 14, anchor="start", text=clock(start))
    yield _TEXT.format(x="100%", y=height + 14, anchor="end", text=clock(end))
