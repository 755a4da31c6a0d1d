"""Reading what a model answered: one call with its arguments and its reason, or why it cannot be used. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runners.engine.errors import MultijobError
from runners.engine.strict import json_text
from runners.models.asking import Answer

LONGEST_ARGUMENTS = 16 * 1024
LONGEST_SAID = 2000


class Unusable(Exception):
    """The answer calls nothing that could be done; the message is what the model is told of it.

    `tool` is what it called, 'answer' when nothing; `arguments` are what of its words is kept.
    """

    def __init__(
        self, message: str, tool: str = "answer", arguments: dict[str, Any] | None = None, why: str = ""
    ) -> None:
        super().__init__(message)
        self.tool, self.arguments, self.why = tool, arguments or {}, why


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the model wants to be done, and why, in its own words."""

    tool: str
    arguments: dict[str, Any]
    why: str


def wanted(answer: Answer, known: Iterable[str]) -> Wanted:
    """Return the first call of the answer: one step at a time. Raises Unusable."""
    if not answer.calls:
        raise Unusable("You called no tool.", arguments={"said": answer.text[:LONGEST_SAID]})
    call = answer.calls[0]
    said = {"said": f"{call.name}: {call.arguments}"[:LONGEST_SAID]}
    if call.name not in (names := sorted(known)):
        raise Unusable(f"There is no tool {call.name[:64]!r} now; there are: {', '.join(names)}.", arguments=said)
    if len(call.arguments) > LONGEST_ARGUMENTS:
        raise Unusable(f"Arguments of more than {LONGEST_ARGUMENTS} characters are not read.", arguments=said)
    try:
        found = json_text.parse((call.arguments.strip() or "{}").encode(errors="replace"))
    except MultijobError as fault:
        raise Unusable(f"The arguments are no JSON: {fault}.", arguments=said) from None
    if not isinstance(found, dict):
        raise Unusable("The arguments are no JSON object.", arguments=said)
    why = found.pop("why", "")
    return Wanted(call.name, found, " ".join(str(why).split()))
