"""What the engine has said in English, in another language: a sentence is known by its pattern, longest first."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from runners.engine.words import Language
from runners.engine.words.sentences import INDONESIAN_SENTENCES

PLACE = re.compile(r"%\((\w)\)s")
BETWEEN = "; "
LONGEST = 2_000
"""Characters of a sentence; what is longer is somebody else's text, in which no pattern should be looked for."""


def spoken(text: str, language: Language) -> str:
    """Return a sentence of the engine in `language`, with the sentences in it; one that is not known stays as it is."""
    return text if language is Language.EN or len(text) > LONGEST else _spoken(text)


@lru_cache(maxsize=256)  # the same few stand on every page
def _spoken(text: str) -> str:
    for pattern, translation in _patterns():
        if found := pattern.fullmatch(text):
            return translation % {name: _spoken(part) for name, part in found.groupdict().items()}
    if BETWEEN in text:
        return BETWEEN.join(_spoken(part) for part in text.split(BETWEEN))
    return text


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return each sentence as a pattern, with its translation; those that say most by themselves come first."""
    written = sorted(INDONESIAN_SENTENCES, key=_weight, reverse=True)
    return [(_pattern(text), INDONESIAN_SENTENCES[text]) for text in written]


def _weight(text: str) -> int:
    return len(PLACE.sub("", text))


def _pattern(text: str) -> re.Pattern[str]:
    parts = PLACE.split(text)
    quoted = (
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part.replace("%%", "%")) for place, part in enumerate(parts)
    )
    return re.compile("".join(quoted), re.DOTALL)
