"""The last hour as one bar per minute: runs that succeeded, and on top of them those that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from runners.engine.store.facts import Counters
from webapp.presentation.words import plural

HEIGHT = 46
STEP = 10
WIDTH = 7
LOWEST = 2
"""Pixels that even a single run gets, so that it can be seen beside a thousand."""
_SVG = Markup(
    '<svg class="minutes" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{words}">'
    "<title>{words}</title>{bars}</svg>"
)
_BAR = Markup('<rect class="{end}" x="{x}" y="{y}" width="{width}" height="{height}"/>')


def draw(minutes: Sequence[Counters]) -> Markup:
    """Return the picture; `minutes` are oldest first, and the last one is still going on."""
    highest = max((minute.success + minute.failed for minute in minutes), default=0)
    bars = [bar for position, minute in enumerate(minutes) for bar in _bars(position, minute, highest)]
    return _SVG.format(width=len(minutes) * STEP, height=HEIGHT, words=in_words(minutes), bars=Markup("").join(bars))


def in_words(minutes: Sequence[Counters]) -> str:
    """Return the picture in one sentence."""
    done, failed = (sum(getattr(minute, name) for minute in minutes) for name in ("success", "failed"))
    return f"last {plural(len(minutes), 'minute')}: {plural(done, 'run')} succeeded, {plural(failed, 'run')} failed"


def _bars(position: int, minute: Counters, highest: int) -> Iterator[Markup]:
    foot = HEIGHT
    for end, count in (("success", minute.success), ("failed", minute.failed)):
        if count:
            height = max(round(count / highest * (HEIGHT - LOWEST)), LOWEST)
            foot -= height
            yield _BAR.format(end=end, x=position * STEP, y=foot, width=WIDTH, height=height)
    if foot == HEIGHT:
        yield _BAR.format(end="base", x=position * STEP, y=HEIGHT - 1, width=WIDTH, height=1)
