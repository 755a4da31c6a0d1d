"""Queue depth over time as SVG, with the two pressure marks and the time in which pressure mode acted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from markupsafe import Markup

from runners.engine.store.facts import DepthSample
from webapp.presentation.times import clock

TOP, BOTTOM = 14, 150
"""Pixels from the upper edge: where the highest value and zero are drawn."""
WIDTH = 1000
POINTS = 180
"""Drawn at most; more cannot be told apart."""
WORDY = 15
"""Percent of the width from which a shaded span has room for its words."""
_SVG = Markup('<svg class="chart" role="img" aria-label="{words}">{parts}</svg>')
_PLOT = Markup(
    f'<svg width="100%" height="{BOTTOM}" viewBox="0 0 {WIDTH} {BOTTOM}" preserveAspectRatio="none">'
    '<path class="area" d="{area}"/><path class="line" d="{line}"/></svg>'
)
_LINE = Markup('<line class="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')
_ACTED = Markup(f'<rect class="acted" x="{{left:.1f}}%" width="{{width:.1f}}%" y="0" height="{BOTTOM}"/>')
LABELS = ((0, "start"), (1, "middle"), (2, "middle"), (3, "end"))


@dataclass(frozen=True, slots=True)
class Marks:
    """The depths at which pressure mode starts and ends."""

    high: int
    low: int


def draw(samples: Sequence[DepthSample], marks: Marks, now: datetime, span: timedelta) -> Markup:
    """Return the chart of the last `span`; samples are oldest first, older ones are left out."""
    start = now - span
    shown = [sample for sample in samples if sample.at >= start]
    top = max([round(marks.high * 1.15), *(sample.depth for sample in shown)])
    parts = (
        *_acted(shown, start, span),
        _plot(shown, start, span, top),
        *(part for value in (marks.high, marks.low) for part in _mark(value, top)),
        _LINE.format(kind="axis", y=BOTTOM),
        *_labels(start, span),
    )
    return _SVG.format(words=in_words(shown, marks), parts=Markup("").join(parts))


def in_words(samples: Sequence[DepthSample], marks: Marks) -> str:
    """Return the chart in one sentence, for those who cannot see it."""
    if not samples:
        return "queue depth: no samples yet"
    highest = max(sample.depth for sample in samples)
    return f"queue depth: {samples[-1].depth} now, at most {highest}; pressure mode starts at {marks.high} and ends at {marks.low}"


def acted_spans(samples: Sequence[DepthSample]) -> Iterator[tuple[datetime, datetime]]:
    """Yield when pressure mode was on, from its first sample to its last."""
    for on, group in groupby(samples, key=lambda sample: sample.pressure):
        members = list(group)
        if on:
            yield members[0].at, members[-1].at


def thinned(samples: Sequence[DepthSample], most: int) -> list[DepthSample]:
    """Return at most `most` samples: of each stretch the deepest, so that no peak is lost; the newest stays."""
    if len(samples) <= most:
        return list(samples)
    size = -(-len(samples) // (most - 1))
    stretches = (samples[at : at + size] for at in range(0, len(samples), size))
    return [*(max(stretch, key=lambda sample: sample.depth) for stretch in stretches), samples[-1]]


def _share(at: datetime, start: datetime, span: timedelta) -> float:
    return (at - start) / span


def _height(depth: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * depth / top, 1)


def _plot(samples: Sequence[DepthSample], start: datetime, span: timedelta, top: int) -> Markup:
    if not samples:
        return Markup("")
    drawn = thinned(samples, POINTS)
    points = [(round(_share(sample.at, start, span) * WIDTH), _height(sample.depth, top)) for sample in drawn]
    line = "M" + "L".join(f"{x} {y:g}" for x, y in points)
    return _PLOT.format(line=line, area=f"{line}V{BOTTOM}H{points[0][0]}Z")


def _mark(value: int, top: int) -> Iterator[Markup]:
    y = _height(value, top)
    yield _LINE.format(kind="mark", y=y)
    yield _TEXT.format(x=6, y=y - 4, anchor="start", text=value)


def _acted(samples: Sequence[DepthSample], start: datetime, span: timedelta) -> Iterator[Markup]:
    for first, last in acted_spans(samples):
        left, right = (_share(moment, start, span) * 100 for moment in (first, last))
        yield _ACTED.format(left=left, width=max(right - left, 0.3))
        if right - left > WORDY:
            yield _TEXT.format(x=f"{left + 0.6:.1f}%", y=11, anchor="start", text="pressure: only critical jobs")


def _labels(start: datetime, span: timedelta) -> Iterator[Markup]:
    for third, anchor in LABELS:
        inset = {"start": 1, "end": 99}.get(anchor, third * 100 / 3)
        yield _TEXT.format(x=f"{inset:.1f}%", y=BOTTOM + 15, anchor=anchor, text=clock(start + span * third / 3)[:5])
