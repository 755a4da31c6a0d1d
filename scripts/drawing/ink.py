"""What the handbook's pictures are drawn with: boxes, arrows, labels, lines and areas, as SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape

PAPER, LINE, TEXT, QUIET = "#fbfaf8", "#8a8f9c", "#23262d", "#565b66"
WHITE, BLUE, GREEN, YELLOW, RED = "#ffffff", "#dbe9f9", "#dff1e5", "#fbeecb", "#fbe3df"
STOP, GO, CURVE = "#b3372b", "#3d7d55", "#3158a6"
TITLE_SIZE, NOTE_SIZE = 13, 11
HEAD_LENGTH, HEAD_WIDTH = 7.4, 3.1
WIDEST = 0.62
"""How wide a letter of a strong label is at most on average, as a share of its size."""
Place = tuple[float, float]


@dataclass(slots=True)
class Sheet:
    """A picture on its way: what was drawn so far, in order."""

    width: int
    height: int
    title: str
    parts: list[str] = field(default_factory=list)

    def box(self, at: Place, size: Place, words: str, note: str = "", fill: str = WHITE) -> None:
        """Draw a box with its name, and a quiet line below that; ValueError when the name is wider than the box."""
        (x, y), (width, height) = at, size
        if len(words) * TITLE_SIZE * WIDEST > width - 4:
            raise ValueError(f"{words!r} is wider than its box of {width:g}")
        middle = x + width / 2
        self.area(at, size, fill, edged=True)
        self._text((middle, y + height / 2 + (-2 if note else 5)), words, TEXT, TITLE_SIZE, "middle", strong=True)
        if note:
            self.label((middle, y + height / 2 + 13), note)

    def area(self, at: Place, size: Place, fill: str, *, edged: bool = False) -> None:
        """Fill a rectangle."""
        edge = f' stroke="{LINE}"' if edged else ""
        self.parts.append(
            f'<rect x="{at[0]:g}" y="{at[1]:g}" width="{size[0]:g}" height="{size[1]:g}" rx="6" fill="{fill}"{edge}/>'
        )

    def arrow(self, start: Place, end: Place, words: str = "") -> None:
        """Draw an arrow, with words above its middle."""
        self.line([start, end])
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        sides = [
            (end[0] - HEAD_LENGTH * math.cos(angle) + turn * math.sin(angle),
             end[1] - HEAD_LENGTH * math.sin(angle) - turn * math.cos(angle))
            for turn in (HEAD_WIDTH, -HEAD_WIDTH)
        ]  # fmt: skip
        self.parts.append(f'<path d="{_way([end, *sides])}Z" fill="{QUIET}"/>')
        if words:
            self.label(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 8), words)

    def line(self, places: list[Place], colour: str = QUIET, width: float = 1, *, dashed: bool = False) -> None:
        """Draw a line through places."""
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<path d="{_way(places)}" stroke="{colour}" stroke-width="{width:g}" fill="none"{dashes}/>')

    def label(self, at: Place, words: str, colour: str = QUIET, anchor: str = "middle") -> None:
        """Write small words."""
        self._text(at, words, colour, NOTE_SIZE, anchor)

    def name(self, at: Place, words: str) -> None:
        """Write a name that stands by itself."""
        self._text(at, words, TEXT, TITLE_SIZE, "start", strong=True)

    def svg(self) -> str:
        """Return the whole picture, one part a line."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" font-family="system-ui, sans-serif"><title>{escape(self.title)}</title>'
        )
        paper = f'<rect width="{self.width}" height="{self.height}" rx="8" fill="{PAPER}"/>'
        return "\n".join([head, paper, *self.parts, "</svg>", ""])

    def _text(self, at: Place, words: str, colour: str, size: int, anchor: str, *, strong: bool = False) -> None:
        weight = ' font-weight="600"' if strong else ""
        self.parts.append(
            f'<text x="{at[0]:g}" y="{at[1]:g}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"{weight}>'
            f"{escape(words)}</text>"
        )


def _way(places: list[Place]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
