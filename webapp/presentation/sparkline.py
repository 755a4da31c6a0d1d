"""Queue depth of the last half hour as one small line, for the summary on every page."""

from collections.abc import Sequence

from markupsafe import Markup

from runners.engine.store.facts import DepthSample
from webapp.presentation.depth import thinned

POINTS = 45
WIDTH, HEIGHT = 90, 16
LOW = 3
"""A depth so small that it is no hill: the line of an empty queue lies at the foot."""
_SVG = Markup(
    f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
    '<path class="area" d="{line}V{foot}H0Z"/><path class="line" d="{line}"/></svg>'
)


def draw(samples: Sequence[DepthSample]) -> Markup:
    """Return the line, oldest sample at the left; nothing for fewer than two."""
    shown = thinned(samples, POINTS)
    if len(shown) < 2:
        return Markup("")
    top = max(LOW, *(sample.depth for sample in shown))
    points = [
        f"{round(WIDTH * place / (len(shown) - 1))} {round(HEIGHT - 1 - (HEIGHT - 2) * sample.depth / top)}"
        for place, sample in enumerate(shown)
    ]
    return _SVG.format(line="M" + "L".join(["0" + points[0][1:], *points[1:]]), foot=HEIGHT)
