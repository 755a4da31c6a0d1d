"""Queue depth over time as SVG, with the two pressure marks and the time in which pressure mode acted; and the oldest wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from markupsafe import Markup

from runners.engine.store.facts import DepthSample
from webapp.catalogues import catalogue
from webapp.language import language
from webapp.numbers import number
from webapp.presentation import chart
from webapp.presentation.chart import Frame
from webapp.presentation.times import duration

WAIT_FOOT = 70
"""Pixels of the oldest wait's plot, which stands below that of the depth."""
SHORTEST = timedelta(seconds=10)
"""A wait so short that it is no hill: the line of a queue that nobody waits in lies at the foot."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The depths at which pressure mode starts and ends."""

    high: int
    low: int


def draw(samples: Sequence[DepthSample], marks: Marks, now: datetime, span: timedelta) -> Markup:
    """Return the chart of the last `span`; samples are oldest first, older ones are left out."""
    shown = within(samples, now, span)
    top = max([round(marks.high * 1.15), *(sample.depth for sample in shown)])
    return chart.picture(in_words(shown, marks), _depth(shown, marks, Frame(now - span, span, top)))


def draw_waits(samples: Sequence[DepthSample], now: datetime, span: timedelta) -> Markup:
    """Return the chart of how long the oldest run in the queue had waited; samples that do not say it are left out."""
    shown = [sample for sample in within(samples, now, span) if sample.oldest_wait is not None]
    longest = max((_waited(sample) for sample in shown), default=0.0)
    frame = Frame(now - span, span, max(longest, SHORTEST.total_seconds()), WAIT_FOOT)
    return chart.picture(waits_in_words(shown), _waits(shown, longest, frame), "low")


def within(samples: Sequence[DepthSample], now: datetime, span: timedelta) -> list[DepthSample]:
    """Return the samples of the last `span`."""
    return [sample for sample in samples if now - span <= sample.at <= now]


def in_words(samples: Sequence[DepthSample], marks: Marks) -> str:
    """Return the chart in one sentence, for those who cannot see it."""
    _ = catalogue(language()).ugettext
    if not samples:
        return str(_("queue depth: no samples yet"))
    said = _(
        "queue depth: %(now)s now, at most %(most)s; pressure mode starts at %(high)s and ends at %(low)s",
    )
    highest = max(sample.depth for sample in samples)
    figures = {"now": samples[-1].depth, "most": highest, "high": marks.high, "low": marks.low}
    return str(said % {name: number(value) for name, value in figures.items()})


def waits_in_words(samples: Sequence[DepthSample]) -> str:
    """Return the chart of waits in one sentence."""
    _ = catalogue(language()).ugettext
    if not samples:
        return str(_("oldest wait: no samples yet"))
    now, most = (timedelta(seconds=_waited(one)) for one in (samples[-1], max(samples, key=_waited)))
    return str(_("oldest wait: %(now)s now, at most %(most)s") % {"now": duration(now), "most": duration(most)})


def acted_spans(samples: Sequence[DepthSample]) -> Iterator[tuple[datetime, datetime]]:
    """Yield when pressure mode was on, from its first sample to its last."""
    for on, group in groupby(samples, key=lambda sample: sample.pressure):
        members = list(group)
        if on:
            yield members[0].at, members[-1].at


def thinned(samples: Sequence[DepthSample], most: int) -> list[DepthSample]:
    """Return at most `most` samples: of each stretch the deepest, so that no peak is lost; the newest stays."""
    return chart.thinned(samples, most, lambda sample: sample.depth)


def _depth(samples: Sequence[DepthSample], marks: Marks, frame: Frame) -> Iterator[Markup]:
    _ = catalogue(language()).ugettext
    for first, last in acted_spans(samples):
        yield from chart.shaded(frame, first, last, _("pressure: only critical jobs"))
    yield from chart.plot(frame, [(sample.at, sample.depth) for sample in thinned(samples, chart.POINTS)])
    if not samples:
        yield chart.empty(frame, _("no samples yet: a scheduler takes one every 10 s"))
    for value in (marks.high, marks.low):
        yield from chart.level(frame.down(value), number(value))
    yield from chart.times(frame)


def _waits(samples: Sequence[DepthSample], longest: float, frame: Frame) -> Iterator[Markup]:
    _ = catalogue(language()).ugettext
    drawn = chart.thinned(samples, chart.POINTS, _waited)
    if not samples:
        yield chart.empty(frame, _("no samples yet: a scheduler takes one every 10 s"))
    yield from chart.plot(frame, [(sample.at, _waited(sample)) for sample in drawn])
    if longest >= SHORTEST.total_seconds():
        yield from chart.level(frame.down(longest), duration(timedelta(seconds=longest)), "top")
    yield from chart.times(frame)


def _waited(sample: DepthSample) -> float:
    return sample.oldest_wait.total_seconds() if sample.oldest_wait else 0.0
