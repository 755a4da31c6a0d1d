"""What the engine has said in English, in the language of the one who reads."""

from __future__ import annotations

import re
from functools import cache

from runners.engine.words import Language
from webapp.catalogues import catalogue
from webapp.language import language
from webapp.presentation.sentences import SENTENCES

PLACE = re.compile(r"%\((\w)\)s")
BETWEEN = "; "


def told(said: object) -> str:
    """Return a sentence of the engine in the reader's language, with the sentences in it; one that is not known as it is."""
    text = str(said)
    return text if language() is Language.EN else _told(text, language())


def _told(text: str, spoken: Language) -> str:
    for pattern, translation in _patterns(spoken):
        if found := pattern.fullmatch(text):
            return translation % {name: _told(part, spoken) for name, part in found.groupdict().items()}
    if BETWEEN in text:
        return BETWEEN.join(_told(part, spoken) for part in text.split(BETWEEN))
    return text


@cache
def _patterns(spoken: Language) -> list[tuple[re.Pattern[str], str]]:
    """Return each sentence as a pattern, with its translation; those that say most by themselves come first."""
    written = sorted(SENTENCES, key=_weight, reverse=True)
    return [(_pattern(text), catalogue(spoken).ugettext(text)) for text in written]


def _weight(text: str) -> int:
    return len(PLACE.sub("", text))


def _pattern(text: str) -> re.Pattern[str]:
    parts = PLACE.split(text)
    quoted = (
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part.replace("%%", "%")) for place, part in enumerate(parts)
    )
    return re.compile("".join(quoted), re.DOTALL)
