"""Tokens of one clause, of which each is understood at most once: what one reader has taken, no other reads."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from runners.planner.numerals import NUMBERS, TEENS, TENS
from runners.planner.reading import Kind, Token

Found = TypeVar("Found")
Meaning = TypeVar("Meaning")
Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], Meaning]]]
"""Phrases with what they mean, by their first word."""
NOTHING = Token("mark", "", "", 0, 0)


def phrases(meanings: Mapping[str, Meaning]) -> Phrases[Meaning]:
    """Return phrases, written with spaces between their words, by their first word."""
    found: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
    for phrase, meaning in meanings.items():
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append((words, meaning))
    return found


class Cursor:
    """The tokens of a clause, and which are taken."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tuple(tokens)
        self.taken: set[int] = set()
        self._free = [token.low for token in self.tokens]
        self.words = frozenset(token.low for token in self.tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def at(self, place: int) -> Token:
        """Return the token at a place; one that is nothing where none is free."""
        return self.tokens[place] if 0 <= place < len(self.tokens) and place not in self.taken else NOTHING

    def low(self, place: int) -> str:
        """Return what is compared of the token at a place."""
        return self._free[place] if 0 <= place < len(self._free) else ""

    def says(self, place: int, *words: str) -> bool:
        """Say whether these words stand there, one behind the other."""
        for word in words:
            if self.low(place) != word:
                return False
            place += 1
        return True

    def phrase(self, place: int, phrases: Phrases[Meaning]) -> tuple[Meaning | None, int]:
        """Return what the phrase that begins at a place means, and the place behind it; (None, place) when there is none."""
        for words, meaning in phrases.get(self.low(place), ()):
            if self.says(place, *words):
                return meaning, place + len(words)
        return None, place

    def skip(self, place: int, words: Container[str]) -> int:
        """Return the place behind the next token if it is one of `words`, else the same place."""
        word = self.low(place)
        return place + 1 if word and word in words else place

    def take(self, start: int, end: int) -> None:
        """Take what stands from `start` to before `end`."""
        self.taken.update(range(start, end))
        self._free[start:end] = [""] * (min(end, len(self)) - start)

    def number(self, place: int) -> tuple[int | None, int]:
        """Return the number that begins at a place, in digits or words, and the place behind it; (None, place) else."""
        token = self.at(place)
        if token.kind == "number":
            return int(token.text), place + 1
        first = NUMBERS.get(token.low)
        if first is None:
            return None, place
        if first < 10 and self.says(place + 1, TEENS):
            return 10 + first, place + 2
        if first < 10 and self.says(place + 1, TENS):
            last = NUMBERS.get(self.low(place + 2), 0)
            return (10 * first + last, place + 3) if 0 < last < 10 else (10 * first, place + 2)
        return first, place + 1


@dataclass(frozen=True, slots=True)
class Rule(Generic[Found]):
    """A reader, and what may begin what it reads: one of `words`, or a token of one of `kinds`.

    The reader puts what begins at a place into what is found so far and returns the place behind it; the same place, or one
    before it, when it reads nothing.
    """

    read: Callable[[Cursor, int, Found], int]
    words: Container[str]
    kinds: Container[Kind] = ()


def scan(cursor: Cursor, rules: Sequence[Rule[Found]], found: Found) -> None:
    """Let the rules read the clause from its beginning to its end, the first one that reads wins, and take what is read."""
    place = 0
    begun_by: dict[tuple[str, Kind], list[Rule[Found]]] = {}  # asked once of each token, however often somebody says it
    while place < len(cursor):
        token, end = cursor.at(place), place
        if (first := (token.low, token.kind)) not in begun_by:
            begun_by[first] = [rule for rule in rules if token.low in rule.words or token.kind in rule.kinds]
        for rule in begun_by[first] if token is not NOTHING else ():
            end = rule.read(cursor, place, found)
            if end > place:
                cursor.take(place, end)
                break
        place = max(end, place + 1)
