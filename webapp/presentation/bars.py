"""A few numbers as bars, one beside the other: when something happened, and how much of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

HEIGHT, STEP, LOWEST = 24, 5, 3
"""`LOWEST` is what even a single one gets, so that it can be seen beside a thousand."""
_SVG = Markup(
    '<svg class="often" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{words}">'
    '<title>{words}</title><path d="{path}"/></svg>'
)


def draw(counts: Sequence[int], words: str) -> Markup:
    """Return the picture, oldest first; `words` say the same."""
    return _SVG.format(width=len(counts) * STEP, height=HEIGHT, words=words, path="".join(_bars(counts)))


def _bars(counts: Sequence[int]) -> Iterator[str]:
    highest = max(counts, default=0)
    for place, count in enumerate(counts):
        if count:
            yield f"M{place * STEP + STEP / 2:g} {HEIGHT}v-{max(round(count / highest * HEIGHT), LOWEST)}"
