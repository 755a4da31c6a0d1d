"""Keeps known secrets out of text: each of their spellings becomes `****`, also where line breaks cut it in two. Pure.

It is a net under honest programs, not a wall against a handler that means to tell: who encodes a secret in a way of his own,
or gives it away bit by bit, passes through. What keeps secrets from such a one is that it gets none (see docs/integrations.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from runners.engine.spellings import spellings

HIDDEN = "****"
LEFT_OVER = 8
"""Characters of a secret that are hidden where a text was cut."""
HEAD = 4
"""Characters by which the beginning of a secret is suspected at the end of a line."""
BREAKS = str.maketrans("", "", "\r\n")


class Redactor:
    """Hides `secrets`. It never changes, so threads share it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.secrets = frozenset(secrets)
        self._needles = sorted({one for secret in self.secrets for one in spellings(secret)}, key=len, reverse=True)
        self._heads = _by(self._needles, slice(None, HEAD))
        self._beginnings = _by(self._needles, slice(None, LEFT_OVER))
        self._endings = _by(self._needles, slice(-LEFT_OVER, None))
        self._starts = {needle[:size] for needle in self._needles for size in range(1, HEAD)}
        self.longest = max(map(len, self._needles), default=0)

    def __bool__(self) -> bool:
        """Say whether there is anything to hide."""
        return bool(self._needles)

    def text(self, text: str) -> str:
        """Return `text`, of which no more comes, with every secret hidden, and what a cut has left of one at its ends."""
        return self._without_ends(self.inner(text)) if self._needles else text

    def inner(self, text: str) -> str:
        """Return `text`, a part of something longer, with every whole secret hidden."""
        squeezed = text.translate(BREAKS) if "\n" in text or "\r" in text else text
        found = [needle for needle in self._needles if needle in squeezed]
        if not found:
            return text
        places = range(len(text)) if squeezed is text else [at for at, char in enumerate(text) if char not in "\r\n"]
        hidden, begun = [], 0
        for start, end in _joined(squeezed, found):
            hidden += [text[begun : places[start]], HIDDEN]
            begun = places[end - 1] + 1
        return "".join([*hidden, text[begun:]])

    def value(self, value: Any) -> Any:
        """Return a JSON value with every secret hidden, in keys as well; a number that is one becomes text."""
        if not self._needles or value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        if isinstance(value, int | float):
            return value if self.text(str(value)) == str(value) else HIDDEN
        return value

    def _without_ends(self, text: str) -> str:
        """Return `text` without the beginning of a secret at its end, and without the end of one at its beginning."""
        if len(text) < LEFT_OVER:
            return text
        for at in range(max(0, len(text) - self.longest), len(text) - LEFT_OVER + 1):
            begun = self._beginnings.get(text[at : at + LEFT_OVER], ())
            if any(needle.startswith(text[at:]) for needle in begun):
                text = text[:at] + HIDDEN
                break
        for end in range(min(self.longest, len(text)), LEFT_OVER - 1, -1):
            ended = self._endings.get(text[end - LEFT_OVER : end], ())
            if any(needle.endswith(text[:end]) for needle in ended):
                return HIDDEN + text[end:]
        return text

    def waits_from(self, text: str) -> int:
        """Return from where on `text` may be the beginning of a secret whose rest has not come yet; its length if nowhere.

        Fewer than `HEAD` characters before a line break are suspected of nothing, so that lines come as they are written.
        """
        squeezed, is_line_over = text[-2 * self.longest - 2 :].translate(BREAKS), text.endswith("\n")
        for start in range(max(0, len(squeezed) - self.longest), len(squeezed)):
            if self._begins(squeezed, start, is_line_over=is_line_over):
                return _place(text, len(squeezed) - start)
        return len(text)

    def _begins(self, text: str, start: int, *, is_line_over: bool) -> bool:
        if len(text) - start < HEAD:
            return not is_line_over and text[start:] in self._starts
        return any(needle.startswith(text[start:]) for needle in self._heads.get(text[start : start + HEAD], ()))


def _place(text: str, left: int) -> int:
    """Return where the last `left` characters of `text` begin, line breaks not counted."""
    at = len(text)
    while left:
        at -= 1
        left -= text[at] not in "\r\n"
    return at


class Redacted:
    """A stream of text that comes in pieces: what may be the beginning of a secret waits for what follows."""

    def __init__(self) -> None:
        self._waiting = ""

    def write(self, redactor: Redactor, piece: str) -> str:
        """Return what can be shown now that `piece` has come."""
        if not redactor and not self._waiting:
            return piece
        text = redactor.inner(self._waiting + piece)
        at = redactor.waits_from(text)
        self._waiting = text[at:]
        return text[:at]

    def end(self, redactor: Redactor) -> str:
        """Return what still waits; of a secret that was cut off at the end only its first characters can be left."""
        waiting, self._waiting = self._waiting, ""
        return HIDDEN if len(waiting.translate(BREAKS)) >= HEAD else redactor.text(waiting)


def _by(needles: list[str], part: slice) -> dict[str, list[str]]:
    """Return the needles by this part of them."""
    found: dict[str, list[str]] = {}
    for needle in needles:
        found.setdefault(needle[part], []).append(needle)
    return found


def _joined(text: str, needles: list[str]) -> list[tuple[int, int]]:
    """Return the stretches of `text` that are covered by needles, in order, none touching the next."""
    spans = []
    for needle in needles:
        at = text.find(needle)
        while at >= 0:
            spans.append((at, at + len(needle)))
            at = text.find(needle, at + 1)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
