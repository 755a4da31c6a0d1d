"""What the engine has said in English, in the language of the one who reads."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from runners.engine.words import Language
from webapp.catalogues import catalogue
from webapp.language import language
from webapp.presentation.found_sentences import FOUND
from webapp.presentation.sentences import SENTENCES
from webapp.presentation.times import local

PLACE = re.compile(r"%\((\w)\)s")
BETWEEN = "; "
LONGEST = 2_000
"""Characters of a sentence; what is longer is somebody else's text, in which no pattern should be looked for."""


def spoken(said: object) -> str:
    """Return a sentence of the engine in the reader's language and zone, with the sentences in it.

    One that is not known stays as it is.
    """
    text = local(str(said))
    return text if language() is Language.EN or len(text) > LONGEST else _spoken(text, language())


@lru_cache(maxsize=256)  # the same few stand on every page
def _spoken(text: str, into: Language) -> str:
    for pattern, translation in _patterns(into):
        if found := pattern.fullmatch(text):
            return translation % {name: _spoken(part, into) for name, part in found.groupdict().items()}
    if BETWEEN in text:
        return BETWEEN.join(_spoken(part, into) for part in text.split(BETWEEN))
    return text


@cache
def _patterns(into: Language) -> list[tuple[re.Pattern[str], str]]:
    """Return each sentence as a pattern, with its translation; those that say most by themselves come first."""
    written = sorted((*SENTENCES, *FOUND), key=_weight, reverse=True)
    return [(_pattern(text), catalogue(into).ugettext(text)) for text in written]


def _weight(text: str) -> int:
    return len(PLACE.sub("", text))


def _pattern(text: str) -> re.Pattern[str]:
    parts = PLACE.split(text)
    quoted = (
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part.replace("%%", "%")) for place, part in enumerate(parts)
    )
    return re.compile("".join(quoted), re.DOTALL)
