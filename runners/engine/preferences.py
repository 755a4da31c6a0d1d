"""How somebody wants the pages: their look, language and time zone, and how often they refresh themselves. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from pydantic_core import PydanticCustomError

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import show
from runners.engine.schedule.zone import check_zone
from runners.engine.words import Language

BROWSER: Final = "browser"
"""Chosen for a language or a zone: whatever the browser says."""
THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")
LANGUAGES = (BROWSER, *Language)
REFRESH_SEC = range(2, 31)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one has chosen. `zone` is an IANA name or 'browser'; pages refresh every `refresh_sec` (2 to 30), 0 is never."""

    theme: Literal["auto", "light", "dark"] = "auto"
    density: Literal["comfortable", "compact"] = "comfortable"
    language: str = BROWSER
    zone: str = "UTC"
    refresh_sec: int = 2

    def to_json(self) -> dict[str, Any]:
        """Return them as they are kept."""
        return asdict(self)


def read_preferences(kept: Mapping[str, Any]) -> Preferences:
    """Return the preferences that `kept` describes; what it lacks, or says wrongly, is as nobody has chosen."""
    return Preferences(**{name: value for name, value in kept.items() if name in CHECKS and not _fault(name, value)})


def choose(said: Mapping[str, Any]) -> Preferences:
    """Return the preferences that somebody states, all of them. Raises Invalid with every problem."""
    wrong = {field.name: _fault(field.name, said.get(field.name)) for field in fields(Preferences)}
    problems = [Problem((name,), fault, "not_a_choice") for name, fault in wrong.items() if fault]
    if problems:
        raise Invalid(problems)
    return read_preferences(said)


def _fault(name: str, value: object) -> str:
    try:
        CHECKS[name](value)
    except PydanticCustomError as fault:
        return str(fault)
    except ValueError as fault:
        return f"{name} {fault}"
    return ""


def _one_of(known: tuple[str, ...]) -> Callable[[object], None]:
    def check(value: object) -> None:
        if value not in known:
            raise ValueError(f"{show(value)} is not one of {', '.join(known)}")

    return check


def _zone(value: object) -> None:
    if value != BROWSER:
        check_zone(value if isinstance(value, str) else "")


def _refresh(value: object) -> None:
    if type(value) is not int or (value != 0 and value not in REFRESH_SEC):
        raise ValueError(f"{show(value)} is not 0 (off), nor a whole number from 2 to 30")


CHECKS: Mapping[str, Callable[[object], None]] = {
    "theme": _one_of(THEMES),
    "density": _one_of(DENSITIES),
    "language": _one_of(LANGUAGES),
    "zone": _zone,
    "refresh_sec": _refresh,
}
