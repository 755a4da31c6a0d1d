"""References to secrets inside a job's inputs: `{{secret:provider/account/field}}`, anywhere in a text. Pure.

`field` is the name of one of the account's secrets, or `config/…` with the place of a secret inside its config.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runners.engine.errors import Problem
from runners.engine.fields import printable_step, show
from runners.engine.problems import dotted

OPENING = re.compile(r"\{\{\s*secret\s*:")
REFERENCE = re.compile(
    r"\{\{\s*secret\s*:\s*([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([A-Za-z0-9][A-Za-z0-9._-]{0,63})/"
    r"((?:config/)?[A-Za-z0-9_][A-Za-z0-9_.~/-]{0,199})\s*\}\}"
)
FORM = "{{secret:provider/account/field}}"
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One secret of one account."""

    provider: str
    account_id: str
    field: str

    @property
    def account(self) -> str:
        """The account's name among all accounts."""
        return f"{self.provider}/{self.account_id}"

    @property
    def place(self) -> str:
        """Where the secret stands in the account, as `secret_fields.place_text` writes it."""
        return self.field if self.field.startswith("config/") else f"secrets/{self.field}"

    def __str__(self) -> str:
        return f"{self.account}/{self.field}"


def references(inputs: Mapping[str, Any]) -> set[Reference]:
    """Return all that `inputs` refer to."""
    return {Reference(*found.groups()) for _, text in _texts((), inputs) for found in REFERENCE.finditer(text)}


def reference_problems(inputs: Mapping[str, Any], in_sight: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with references in `inputs`: their form, and where they stand.

    What stands in the inputs `in_sight`, and in names, could be seen by others: no secret may go there.
    """
    for place, text in _texts((), inputs):
        begun = len(OPENING.findall(text))
        if not begun:
            continue
        if len(REFERENCE.findall(text)) < begun:
            fault = f"{dotted(place)} {show(text)} holds a reference that is not {FORM}"
            yield Problem(place, fault, "secret_reference")
        elif place[0] in in_sight:
            fault = f"{dotted(place)} refers to a secret, and everybody on the machine could see it there"
            yield Problem(place, f"{fault}; pass it another way", "secret_in_sight")
    for place in _names((), inputs):
        if OPENING.search(str(place[-1])):
            yield Problem(
                place[:-1],
                f"{dotted(place[:-1])} has a name that refers to a secret; only texts may",
                "secret_reference",
            )


def replaced(value: Any, secret: Callable[[Reference], str]) -> Any:
    """Return `value` (JSON) with each reference replaced by what `secret` gives for it."""
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: secret(Reference(*found.groups())), value)
    if isinstance(value, dict):
        return {name: replaced(inner, secret) for name, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, secret) for inner in value]
    return value


def _texts(place: Place, value: Any) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts((*place, printable_step(step)), inner)


def _names(place: Place, value: Any) -> Iterator[Place]:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(step, str):
                yield (*place, step)
            yield from _names((*place, step), inner)
