"""A prompt in clauses: each asks for one thing, and has its own time. Cut where a joining word stands between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, dropwhile

from runners.planner.cursor import Cursor
from runners.planner.lexicon import (
    ACCOUNTS,
    AGENTS,
    CHANNELS,
    JOINS,
    LANES,
    NAMES,
    PROVIDERS,
    STRONG_WORDS,
    THEN,
    WEAK_WORDS,
    Intent,
    words,
)
from runners.planner.occasions import read_timing
from runners.planner.reading import Prompt, Token

BEFORE_NAME = ACCOUNTS | LANES | NAMES
RUNS = words("jalankan menjalankan dijalankan jalanin jalanken run execute eksekusi")
BEFORE_OBJECT = words("koneksi connection status the to ke channel kanal on di via for untuk")
"""Words that may stand before the name of a channel or an account."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens that ask for one thing, as `text` says it. `intents` are those that its words name, strong ones alone if there are any.

    `channel` is the word for one that the clause before names, where this one goes on with another account of it.
    """

    tokens: tuple[Token, ...]
    text: str
    intents: tuple[Intent, ...]
    channel: str | None = None


def clauses(prompt: Prompt) -> list[Clause]:
    """Return the clauses of a prompt; one without any intent if there is none in all of it."""
    begun: list[_Begun] = []
    ahead: tuple[Token, ...] = ()
    for segment in _segments(prompt.tokens):
        timing, current = read_timing(Cursor(segment)), begun[-1] if begun else None
        timed, paired = timing.said, bool(timing.moments and (timing.weekdays or timing.days))
        further = current is not None and (_goes_on(segment, timed, current) or (paired and _again(segment, current)))
        asked = current.asked if current and further else intents(segment)
        if asked and (further or _begins(segment, asked, timed, current)):
            channel = _channel(segment) or (current.channel if current and further else None)
            begun.append(
                _Begun(
                    asked=asked,
                    timed=timed or bool(ahead),
                    has_object=_has_own_object(segment),
                    parts=[ahead, segment],
                    channel=channel,
                    further=further,
                    paired=paired,
                    has_account=_has_account(segment),
                )
            )
            ahead = ()
        elif begun:
            begun[-1].parts.append(segment)
            begun[-1].timed |= timed
            begun[-1].paired |= paired
            begun[-1].has_object |= _has_own_object(segment)
            begun[-1].has_account |= _has_account(segment)
            begun[-1].channel = begun[-1].channel or _channel(segment)
        else:
            ahead += segment
    if not begun and ahead:
        return [Clause(ahead, _text(prompt, ahead), (Intent.COMMAND,) if _runs(ahead) else ())]
    return [_clause(prompt, one) for one in begun]


def _clause(prompt: Prompt, begun: _Begun) -> Clause:
    tokens = tuple(chain.from_iterable(begun.parts))
    if begun.further:
        return Clause(tokens, _text(prompt, tokens), begun.asked, begun.channel)
    return Clause(tokens, _text(prompt, tokens), intents(tokens))


@dataclass(slots=True)
class _Begun:
    """A clause while more of it may come: what its first words ask for, whether it has a time, and of what.

    `paired` says that it has days with their times. `further` says that it goes on with what the clause before it asks for:
    'telegram every minute and slack every hour'.
    """

    asked: tuple[Intent, ...]
    timed: bool
    has_object: bool
    parts: list[tuple[Token, ...]]
    channel: str | None
    further: bool
    paired: bool
    has_account: bool


def _text(prompt: Prompt, tokens: Sequence[Token]) -> str:
    """Return what was written, without the words and marks that join it to its neighbours."""
    own = list(dropwhile(lambda token: token.kind != "quote" and token.low in JOINS, tokens)) or tokens
    return prompt.text[own[0].start : own[-1].end].strip(" ,;.&")


def intents(tokens: Iterable[Token]) -> tuple[Intent, ...]:
    """Return what these tokens ask for, in their order."""
    said = tuple(_unnamed(tokens))
    if any(token.kind == "word" and token.low in AGENTS for token in said):
        return (Intent.AGENT,)
    strong = [STRONG_WORDS[token.low] for token in said if token.kind == "word" and token.low in STRONG_WORDS]
    if any(token.kind == "url" for token in said):
        return (Intent.REQUEST,)
    if any(token.kind == "quote" for token in said) and (Intent.COMMAND in strong or _runs(said)):
        return (Intent.COMMAND,)
    if any(token.kind == "word" and token.low in PROVIDERS for token in said):
        return (Intent.AGENT,)
    found = [intent for intent in strong if intent not in (Intent.REQUEST, Intent.COMMAND)] or strong
    if found == [Intent.REQUEST] and _channel(said):
        return (Intent.MONITOR,)
    found = found or [WEAK_WORDS[token.low] for token in said if token.kind == "word" and token.low in WEAK_WORDS]
    return tuple(dict.fromkeys(found))


def _unnamed(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens without those that are only names: 'akun Backup', 'lane report'."""
    before = ""
    for token in tokens:
        if before not in BEFORE_NAME:
            yield token
        before = token.low


def _runs(tokens: Iterable[Token]) -> bool:
    return any(token.low in RUNS for token in tokens)


def _begins(segment: Sequence[Token], asked: tuple[Intent, ...], timed: bool, current: _Begun | None) -> bool:
    """Say whether a segment asks for something new; more words for what is asked already do not."""
    if current is None:
        return True
    if current.asked == (Intent.AGENT,) and (not timed or not current.timed or segment[0].low in THEN):
        return False  # what an agent does next belongs to its prompt, up to its time
    if asked != current.asked:
        return True
    return (current.has_object and _has_own_object(segment)) or (timed and current.timed)


def _goes_on(segment: Sequence[Token], timed: bool, current: _Begun) -> bool:
    """Say whether a segment names another object of what the clause before it asks for: 'and slack every hour'."""
    named = next((token.low for token in segment if token.low not in JOINS | BEFORE_OBJECT), "")
    if (named not in CHANNELS and named not in ACCOUNTS) or intents(segment) not in ((), current.asked):
        return False
    if named in ACCOUNTS and not current.has_account:
        return False  # 'check slack, account A' is one thing
    if current.asked == (Intent.MONITOR,):
        return current.has_object
    return current.asked in ((Intent.REPORT,), (Intent.BACKUP,)) and current.has_object and timed and current.timed


def _again(segment: Sequence[Token], current: _Begun) -> bool:
    """Say whether a segment with days and times asks for the same again: 'mondays at 8 and fridays at 17'."""
    same = current.asked in ((Intent.REPORT,), (Intent.BACKUP,), (Intent.MONITOR,))
    return same and current.paired and intents(segment) in ((), current.asked)


def _channel(tokens: Iterable[Token]) -> str | None:
    return next((token.low for token in tokens if token.kind == "word" and token.low in CHANNELS), None)


def _has_own_object(segment: Sequence[Token]) -> bool:
    return any(token.kind in ("url", "quote") or token.low in CHANNELS for token in segment)


def _has_account(segment: Sequence[Token]) -> bool:
    return any(token.low in ACCOUNTS for token in segment)


def _segments(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Cut before each joining word; the word stays with what follows, so that lists of days and times stay readable."""
    start = 0
    for place, token in enumerate(tokens):
        if place > start and token.kind in ("word", "mark") and token.low in JOINS:
            yield tuple(tokens[start:place])
            start = place
    if start < len(tokens):
        yield tuple(tokens[start:])
