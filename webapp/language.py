"""The language of reasons: the one that the client likes best among those of the catalogue, English else (RFC 9110 §12.5.4)."""

from __future__ import annotations

from flask import request

from runners.engine.words import Language

ASKED_BY = "Accept-Language"


def language() -> Language:
    """Return the language in which this request wants its reasons."""
    return Language(request.accept_languages.best_match(list(Language), Language.EN))


def language_headers() -> dict[str, str]:
    """Return the headers of an answer that holds reasons: their language, and that another was to be had."""
    return {"Content-Language": str(language()), "Vary": ASKED_BY}
