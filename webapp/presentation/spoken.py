"""What the engine has said in English, in the language and the zone of the one who reads."""

from __future__ import annotations

from runners.engine.words.spoken import spoken as in_language
from webapp.language import language
from webapp.presentation.times import local


def spoken(said: object) -> str:
    """Return a sentence of the engine in the reader's language and zone, with the sentences in it.

    One that is not known stays as it is.
    """
    return in_language(local(str(said)), language())
