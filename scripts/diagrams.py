"""Draw the handbook's pictures in each of its languages: `python -m scripts.diagrams` writes docs/pictures and docs/id/pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.drawing.indonesian import INDONESIAN
from scripts.drawing.sheets import SHEETS

DOCS = Path(__file__).resolve().parent.parent / "docs"
LANGUAGES = (("", str), ("id", INDONESIAN.__getitem__))


def drawn() -> Iterator[tuple[Path, str]]:
    """Yield where each picture belongs, and the picture."""
    for folder, say in LANGUAGES:
        for sheet in SHEETS:
            yield DOCS / folder / "pictures" / f"{sheet.__name__}.svg", sheet(say).svg()


if __name__ == "__main__":
    for file, picture in drawn():
        file.write_text(picture)
