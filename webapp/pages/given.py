"""The part of a form whose values go in and never come out: each field is empty, and shows at most a mask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NEW_ROWS = 2


@dataclass(frozen=True, slots=True)
class Given:
    """What the form asks for: `kept` are the values that there are, as masks, `wanted` the names that the catalog needs.

    `rows` counts the rows for further ones.
    """

    kept: Mapping[str, str] = field(default_factory=dict)
    wanted: Sequence[str] = ()
    rows: int = NEW_ROWS


def typed(form: Mapping[str, str], there: Iterable[str]) -> dict[str, str | None]:
    """Return what was typed, and null for those of `there` to remove; an empty field leaves a value as it is."""
    found: dict[str, str | None] = {
        name.removeprefix("given."): value for name, value in form.items() if name.startswith("given.") and value
    }
    for row in range(NEW_ROWS):
        name, value = form.get(f"new-name.{row}", "").strip(), form.get(f"new-value.{row}", "")
        if name or value:
            found[name] = value
    return found | {name: None for name in there if f"remove.{name}" in form}
