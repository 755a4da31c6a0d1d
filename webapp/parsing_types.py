"""Types of query parameters: one spelling each, ASCII digits only, and the same rule in the OpenAPI document.

`type=int` of the framework would take '1_000', ' 5', '+5' and the digits of every script; these types do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from runners.engine.fields import fault, show

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
MAX_OFFSET = 1_000_000


class TextType:
    """A type that is read from text by `read` and described by `schema`."""

    def read(self, value: object) -> Any:
        """Return what the text means; raises the fault that says what is wrong with it."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the text."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let `read` be all that pydantic does."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let `schema` be all that pydantic says."""
        return self.schema()


@dataclass(frozen=True)
class Digits(TextType):
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def read(self, value: object) -> int:
        """Return the number."""
        text = str(value)
        if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text) or not self.low <= int(text) <= self.high:
            raise fault("out_of_range", f"{show(text)} is not a whole number from {self.low} to {self.high}")
        return int(text)

    def schema(self) -> dict[str, Any]:
        """Return the range."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Word(TextType):
    """A text that matches `pattern` from end to end; `meaning` says in words what it is."""

    pattern: str
    meaning: str

    def read(self, value: object) -> str:
        """Return the text as it stands."""
        if not re.fullmatch(self.pattern, str(value), re.ASCII):
            raise fault("not_" + self.meaning.replace(" ", "_"), f"{show(value)} is no {self.meaning}")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Return the pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True)
class OneOf(TextType):
    """One of `words`."""

    words: tuple[str, ...]

    def read(self, value: object) -> str:
        """Return the word."""
        if value not in self.words:
            raise fault("unknown_value", f"{show(value)} is none of {', '.join(self.words)}")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Return the words."""
        return {"type": "string", "enum": list(self.words)}


BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


class TrueOrFalse(TextType):
    """`true` or `false`, or `1` or `0`, in these spellings only."""

    def read(self, value: object) -> bool:
        """Return the boolean."""
        if value not in BOOLEANS:
            raise fault("not_boolean", f"{show(value)} is neither true nor false")
        return BOOLEANS[str(value)]

    def schema(self) -> dict[str, Any]:
        """Return the spellings."""
        return {"type": "string", "enum": list(BOOLEANS)}


class Time(TextType):
    """A point in time as RFC 3339 writes it, with its offset."""

    def read(self, value: object) -> datetime:
        """Return the aware UTC time."""
        text = str(value)
        if not TIME.fullmatch(text):
            raise fault("not_a_time", f"{show(text)} is no time such as 2026-01-31T18:15:00Z (write + as %2B)")
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise fault("not_a_time", f"{show(text)} names a time that does not exist") from None

    def schema(self) -> dict[str, Any]:
        """Return the format."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class Text(TextType):
    """Any text of at most `longest` characters; it is searched for literally."""

    longest: int

    def read(self, value: object) -> str:
        """Return the text as it stands."""
        if len(str(value)) > self.longest:
            raise fault("too_long", f"{show(value)} has more than {self.longest} characters")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Return the length."""
        return {"type": "string", "maxLength": self.longest}


Flag = Annotated[bool, TrueOrFalse()]
Moment = Annotated[datetime, Time()]
Search = Annotated[str, Text(200)]
Offset = Annotated[int, Digits(0, MAX_OFFSET)]
Cursor = Annotated[str, Word(r"[A-Za-z0-9_-]{1,300}", "cursor")]
