"""A few numbers as bars, one beside the other: when something happened, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

HEIGHT, STEP, WIDTH, LOWEST = 24, 5, 4, 2
_SVG = Markup(
    '<svg class="bars" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{words}">'
    "<title>{words}</title>{bars}</svg>"
)
_BAR = Markup('<rect{shape} x="{x}" y="{y}" width="{width}" height="{height}"/>')


def draw(counts: Sequence[int], words: str) -> Markup:
    """Return the picture, oldest first; `words` say the same. A part without any has a base line."""
    highest = max(counts, default=0)
    bars = [_bar(place, count, highest) for place, count in enumerate(counts)]
    return _SVG.format(width=len(counts) * STEP, height=HEIGHT, words=words, bars=Markup("").join(bars))


def _bar(place: int, count: int, highest: int) -> Markup:
    height = max(round(count / highest * HEIGHT), LOWEST) if count else 1
    shape = "" if count else Markup(' class="base"')
    return _BAR.format(shape=shape, x=place * STEP, y=HEIGHT - height, width=WIDTH, height=height)
