"""How a single field is checked: strict whole numbers, plain text, and values shown safely in a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

SHOWN = 60
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
"""What HTML calls a valid e-mail address: no display name, no comment, no line end, so that no header can be added."""
JSON_WORDS = {None: "null", True: "true", False: "false"}


def show(value: object) -> str:
    """Return `value` quoted for a message: at most 60 characters, all of them printable; true and null as in JSON."""
    try:
        text = JSON_WORDS[value] if value is None or isinstance(value, bool) else repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, an object that contains itself
        text = f"<{type(value).__name__}>"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def printable_step(step: object) -> str | int:
    """Return one step of a path as it may stand in a message: an index or a plain name as it is, anything else shown."""
    if isinstance(step, int) or (isinstance(step, str) and len(step) <= SHOWN and step.isprintable()):
        return step
    return show(step)


def fault(type: str, text: str) -> PydanticCustomError:
    """Return an error for pydantic whose message is exactly `text`, whatever braces are in it."""
    return PydanticCustomError(type, "{text}", {"text": text})


def nearest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean 'x'?' for the known word nearest to `word`, or '' when none is near."""
    near = get_close_matches(word[:128], list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def unprintable(text: str, allowed: str = "") -> str | None:
    """Return the first control, format (bidi), surrogate or unassigned character of `text` not in `allowed`."""
    bad = (char for char in text if unicodedata.category(char)[0] == "C" and char not in allowed)
    return next(bad, None)


def is_mailbox(text: str) -> bool:
    """Say whether `text` is a bare e-mail address."""
    return MAILBOX.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Whole:
    """Marks an int field: a real whole number from `low` to `high`; never true, 5.0 or '5'."""

    low: int
    high: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Put our message before pydantic's own check; the JSON schema keeps the range."""
        number = core_schema.int_schema(ge=self.low, le=self.high, strict=True)
        return core_schema.with_info_before_validator_function(self.check, number)

    def check(self, value: object, about: ValidationInfo) -> object:
        """Return `value` or raise the fault that names field, value and range."""
        if type(value) is int and self.low <= value <= self.high:
            return value
        raise fault(
            "out_of_range", f"{about.field_name} {show(value)} is not a whole number from {self.low} to {self.high}"
        )
