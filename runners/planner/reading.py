"""A prompt as tokens: words, numbers, times, dates, addresses and quotations, each with its place. One pass, linear in the length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Literal, cast

from runners.planner.lexicon import AT, FROM, SHORT, STRONG_WORDS, WEEKDAYS

Kind = Literal["url", "quote", "date", "decimal", "clock", "number", "word", "mark"]

_TOKEN = re.compile(
    r"""(?P<url>https?://[^\s"'<>`]+)
      |(?P<quote>`[^`]*`|"[^"]*"|“[^”]*”|(?<!\w)'[^']*'(?!\w))
      |(?P<date>\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}/\d{1,2}/\d{4}(?!\d))
      |(?P<decimal>\d{1,3}[.,]\d(?=\s?(?:jam|hours?|hrs?|menit|mnt|minutes?|mins?|detik|seconds?)\b))
      |(?P<clock>\d{1,2}[:.]\d{2}(?![.:]?\d))
      |(?P<number>\d{1,9}(?![\w.:/-]*[\w/]))
      |(?P<word>[^\W\d][^\s,;]*|\d+[^\s,;]+|@)
      |(?P<mark>\S)""",
    re.VERBOSE,
)
_HALVES = re.compile(r"(\d{1,2}[ap]m)-(\d{1,2}[ap]m)", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2}(?:[ap]m)?)-(\d{1,2}(?:[ap]m)?)", re.IGNORECASE)
BACK_UP = ("back", "up")
_TRAILING = ",;.!?:)]}\"'"


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A piece of the prompt. `low` is what is compared, `text` what stood there; quotations are without their marks."""

    kind: Kind
    text: str
    low: str
    start: int
    end: int


@dataclass(frozen=True)
class Prompt:
    """A prompt as it is read: `text` with single spaces, and its tokens."""

    text: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens, in order."""
        found: list[Token] = []
        for match in _TOKEN.finditer(self.text):
            found += _tokens(match)
        return tuple(_joined(found))


def normalized(prompt: str) -> str:
    """Return the prompt in one form of its characters (NFKC), on one line, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", prompt).replace("\N{FRACTION SLASH}", "/").split())


def _joined(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens, 'back up' as the one word that it is, and 'jam 8-17' as the two hours that it names."""
    before = None
    for here, behind in zip_longest(tokens, tokens[1:]):
        if before and (before.low, here.low) == BACK_UP:
            pass  # told with the word before
        elif behind and (here.low, behind.low) == BACK_UP:
            yield Token("word", f"{here.text} {behind.text}", "backup", here.start, behind.end)
        elif before and before.low in AT | FROM and (hours := _HOURS.fullmatch(here.text)):
            yield from _span(hours[1], hours[2], here.start)
        else:
            yield here
        before = here


def _span(first: str, last: str, start: int) -> list[Token]:
    """Return what stands on both sides of a hyphen as tokens around it."""
    hyphen = start + len(first)
    return [*_hour(first, start), _token("mark", "-", hyphen), *_hour(last, hyphen + 1)]


def _hour(text: str, start: int) -> list[Token]:
    return [_token("number", text, start)] if text.isdecimal() else _word(text, start)


def _tokens(match: re.Match[str]) -> list[Token]:
    kind, text, start = str(match.lastgroup), match.group(), match.start()
    if kind == "quote":
        return [Token("quote", text[1:-1], text[1:-1].lower(), start, match.end())]
    if kind not in ("word", "url"):
        return [_token(kind, text, start)]
    bare = text if text.lower() in ("a.m.", "p.m.") else text.rstrip(_TRAILING)
    marks = [_token("mark", mark, start + place) for place, mark in enumerate(text) if place >= len(bare)]
    if kind == "url":
        return [_token("url", bare, start), *marks]
    return [*_word(bare, start), *marks]


def _word(text: str, start: int) -> list[Token]:
    """Return a word as tokens: '30s' is a number and a word, '9am-5pm' two of them, 'tue/thu' two days; nothing is no word."""
    days = text.split("/")
    if len(days) > 1 and all(day.lower() in WEEKDAYS for day in days):
        starts = [start + sum(len(day) + 1 for day in days[:place]) for place in range(len(days))]
        listed = [[_token("mark", ",", at - 1), _token("word", day, at)] for day, at in zip(days, starts, strict=True)]
        return [token for pair in listed for token in pair][1:]
    if halves := _HALVES.fullmatch(text):
        return _span(halves[1], halves[2], start)
    if joined := re.fullmatch(r"(\d{1,4})([A-Za-z]{1,6})", text):
        number, unit = joined.groups()
        return [_token("number", number, start), _token("word", unit, start + len(number))]
    return [_token("word", text, start)] if text else []


def _token(kind: str, text: str, start: int) -> Token:
    low = text.lower()
    low = SHORT.get(low, low)
    stem = low.removesuffix("nya").removesuffix("lah")
    return Token(cast(Kind, kind), text, stem if stem in STRONG_WORDS else low, start, start + len(text))
