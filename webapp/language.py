"""The language of an answer: on pages what the one who asks has chosen, else the one that the client likes best among those of the
catalogue, English else (RFC 9110 §12.5.4).
"""

from __future__ import annotations

from flask import g, has_request_context, request

from runners.engine.preferences import BROWSER
from runners.engine.words import Language
from webapp.preferences import preferences

ASKED_BY = "Accept-Language"


def language() -> Language:
    """Return the language in which this request wants its words; English outside of one."""
    if not has_request_context():
        return Language.EN
    found: Language | None = g.get("language")
    if found is None:
        found = g.language = _language()
    return found


def language_headers() -> dict[str, str]:
    """Return the headers of an answer that holds reasons: their language, and that another was to be had."""
    return {"Content-Language": str(language()), "Vary": ASKED_BY}


def _language() -> Language:
    chosen = preferences().language
    if chosen != BROWSER:
        return Language(chosen)
    return Language(request.accept_languages.best_match(list(Language), Language.EN))
