"""A prompt in clauses: each asks for one thing, and has its own time. Cut where a joining word stands between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, dropwhile

from runners.planner.cursor import Cursor
from runners.planner.lexicon import CHANNELS, JOINS, PROVIDERS, STRONG_WORDS, WEAK_WORDS, Intent
from runners.planner.reading import Prompt, Token
from runners.planner.timing import read_timing


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens that ask for one thing, as `text` says it. `intents` are those that its words name, strong ones alone if there are any."""

    tokens: tuple[Token, ...]
    text: str
    intents: tuple[Intent, ...]


def clauses(prompt: Prompt) -> list[Clause]:
    """Return the clauses of a prompt; one without any intent if there is none in all of it."""
    begun: list[_Begun] = []
    ahead: tuple[Token, ...] = ()
    for segment in _segments(prompt.tokens):
        asked, timed = intents(segment), read_timing(Cursor(segment)).said
        if asked and _begins(segment, asked, timed, begun[-1] if begun else None):
            begun.append(_Begun(asked, timed or bool(ahead), _has_own_object(segment), [ahead, segment]))
            ahead = ()
        elif begun:
            begun[-1].parts.append(segment)
            begun[-1].timed |= timed
            begun[-1].has_object |= _has_own_object(segment)
        else:
            ahead += segment
    whole = [tuple(chain.from_iterable(one.parts)) for one in begun] or [ahead] * bool(ahead)
    return [Clause(found, _text(prompt, found), intents(found)) for found in whole]


@dataclass(slots=True)
class _Begun:
    """A clause while more of it may come: what its first words ask for, whether it has a time, and of what."""

    asked: tuple[Intent, ...]
    timed: bool
    has_object: bool
    parts: list[tuple[Token, ...]]


def _text(prompt: Prompt, tokens: Sequence[Token]) -> str:
    """Return what was written, without the words and marks that join it to its neighbours."""
    own = list(dropwhile(lambda token: token.kind != "quote" and token.low in JOINS, tokens)) or tokens
    return prompt.text[own[0].start : own[-1].end].strip(" ,;.&")


def intents(tokens: Iterable[Token]) -> tuple[Intent, ...]:
    """Return what these tokens ask for, in their order."""
    words = tuple(tokens)
    strong = [STRONG_WORDS[token.low] for token in words if token.kind == "word" and token.low in STRONG_WORDS]
    if any(token.kind == "url" for token in words):
        return (Intent.REQUEST,)
    if any(token.kind == "quote" for token in words) and (Intent.COMMAND in strong or _runs(words)):
        return (Intent.COMMAND,)
    if any(token.low in PROVIDERS for token in words) and strong:
        return (Intent.AGENT,)
    found = [intent for intent in strong if intent not in (Intent.REQUEST, Intent.COMMAND)] or strong
    found = found or [WEAK_WORDS[token.low] for token in words if token.kind == "word" and token.low in WEAK_WORDS]
    return tuple(dict.fromkeys(found))


def _runs(tokens: Iterable[Token]) -> bool:
    return any(token.low in ("jalankan", "run", "execute", "eksekusi") for token in tokens)


def _begins(segment: Sequence[Token], asked: tuple[Intent, ...], timed: bool, current: _Begun | None) -> bool:
    """Say whether a segment asks for something new; more words for what is asked already do not."""
    if current is None or asked != current.asked:
        return True
    return (current.has_object and _has_own_object(segment)) or (timed and current.timed)


def _has_own_object(segment: Sequence[Token]) -> bool:
    return any(token.kind in ("url", "quote") or token.low in CHANNELS for token in segment)


def _segments(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Cut before each joining word; the word stays with what follows, so that lists of days and times stay readable."""
    start = 0
    for place, token in enumerate(tokens):
        if place > start and token.kind in ("word", "mark") and token.low in JOINS:
            yield tuple(tokens[start:place])
            start = place
    if start < len(tokens):
        yield tuple(tokens[start:])
