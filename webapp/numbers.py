"""How the language of the one who reads writes numbers, in figures that stand in columns."""

from __future__ import annotations

from runners.engine.words import Language
from webapp.language import language

NARROW_SPACE = "\u202f"
THOUSANDS = {Language.EN: NARROW_SPACE, Language.ID: "."}
"""English has the space of ISO 80000-1, so that nobody takes it for the point of the other language."""
POINTS = {Language.EN: ".", Language.ID: ","}


def number(count: int) -> str:
    """Return '1 284' in English, '1.284' in Bahasa Indonesia."""
    return f"{count:,}".replace(",", THOUSANDS[language()])


def decimal(value: float, places: int) -> str:
    """Return '0.2' or '0,2' with at most so many decimals, and none that say nothing."""
    figures = f"{value:.{places}f}"
    return (figures.rstrip("0").rstrip(".") if places else figures).replace(".", POINTS[language()])
