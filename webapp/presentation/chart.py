"""A figure over time as SVG: an area with a line on top, levels that matter, spans that are shaded, and the time below.

Sizes are pixels downwards and percent across, so that a chart fills its place and its words keep their size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from markupsafe import Markup

from webapp.presentation.times import clock

TOP = 14
"""Pixels from the upper edge: where the highest value is drawn."""
WIDTH = 1000
POINTS = 180
"""Drawn at most; more cannot be told apart."""
WORDY = 15
"""Percent of the width from which a shaded span has room for its words."""
LABELS = ((0, "start"), (1, "middle"), (2, "middle"), (3, "end"))
_SVG = Markup('<svg class="chart{kind}" role="img" aria-label="{words}">{parts}</svg>')
_PLOT = Markup(
    '<svg width="100%" height="{foot}" viewBox="0 0 1000 {foot}" preserveAspectRatio="none">'
    '<path class="area" d="{area}"/><path class="line" d="{line}"/></svg>'
)
_LINE = Markup('<line class="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')
_ACTED = Markup('<rect class="acted" x="{left:.1f}%" width="{width:.1f}%" y="0" height="{foot}"/>')
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a chart shows: `span` from `start` on, values from 0 to `top`, in a plot of `foot` pixels."""

    start: datetime
    span: timedelta
    top: float
    foot: int = 150

    def across(self, at: datetime) -> float:
        """Return how far along a moment is, from 0 to 1."""
        return (at - self.start) / self.span

    def down(self, value: float) -> float:
        """Return the pixel of a value."""
        return round(self.foot - (self.foot - TOP) * value / self.top, 1)


def picture(words: str, parts: Iterator[Markup], kind: str = "") -> Markup:
    """Return the chart; `words` say the same to those who cannot see it."""
    return _SVG.format(words=words, parts=Markup("").join(parts), kind=f" {kind}" if kind else "")


def plot(frame: Frame, points: Sequence[tuple[datetime, float]]) -> Iterator[Markup]:
    """Yield the area and the line of the points, oldest first."""
    if points:
        drawn = [(round(frame.across(at) * WIDTH), frame.down(value)) for at, value in points]
        line = "M" + "L".join(f"{x} {y:g}" for x, y in drawn)
        yield _PLOT.format(foot=frame.foot, line=line, area=f"{line}V{frame.foot}H{drawn[0][0]}Z")


def empty(frame: Frame, text: str) -> Markup:
    """Return what stands in the place of a line that has no point yet."""
    return _TEXT.format(x="50%", y=frame.foot - 12, anchor="middle", text=text)


def level(y: float, text: str, kind: str = "mark") -> Iterator[Markup]:
    """Yield a line across, with its value left of the plot, where no other line runs through it."""
    yield _LINE.format(kind=kind, y=y)
    yield _TEXT.format(x=-6, y=round(y + 4, 1), anchor="end", text=text)


def shaded(frame: Frame, first: datetime, last: datetime, text: str) -> Iterator[Markup]:
    """Yield a span that is shaded; one that is wide enough says why."""
    left, right = (frame.across(moment) * 100 for moment in (first, last))
    yield _ACTED.format(left=left, width=max(right - left, 0.3), foot=frame.foot)
    if right - left > WORDY:
        yield _TEXT.format(x=f"{left + 0.6:.1f}%", y=11, anchor="start", text=text)


def times(frame: Frame) -> Iterator[Markup]:
    """Yield the foot line, and below it the time of day at both ends and between."""
    yield _LINE.format(kind="axis", y=frame.foot)
    for third, anchor in LABELS:
        inset = {"start": 1, "end": 99}.get(anchor, third * 100 / 3)
        text = clock(frame.start + frame.span * third / 3)[:5]
        yield _TEXT.format(x=f"{inset:.1f}%", y=frame.foot + 15, anchor=anchor, text=text)


def ends(start: datetime, now: datetime, foot: int) -> Iterator[Markup]:
    """Yield the foot line of a narrow chart, and below it the time of day at both ends."""
    yield _LINE.format(kind="axis", y=foot)
    yield _TEXT.format(x="0", y=foot + 14, anchor="start", text=clock(start)[:5])
    yield _TEXT.format(x="100%", y=foot + 14, anchor="end", text=clock(now)[:5])


def thinned(rows: Sequence[Row], most: int, height: Callable[[Row], float]) -> list[Row]:
    """Return at most `most` rows: of each stretch the highest, so that no peak is lost; the newest stays."""
    if len(rows) <= most:
        return list(rows)
    size = -(-len(rows) // (most - 1))
    stretches = (rows[at : at + size] for at in range(0, len(rows), size))
    return [*(max(stretch, key=height) for stretch in stretches), rows[-1]]
