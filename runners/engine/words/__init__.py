"""Every reason that the platform gives, in each of its languages: the one catalogue behind page, API, CLI and chat.

A reason has a name of two parts: what it speaks of, and the guard, kind or case ('hold.overlap', 'missed.too_late').
"""

from collections.abc import Mapping
from enum import StrEnum

from runners.engine.words.chat_english import CHAT_ENGLISH
from runners.engine.words.chat_indonesian import CHAT_INDONESIAN
from runners.engine.words.english import ENGLISH
from runners.engine.words.indonesian import INDONESIAN
from runners.engine.words.plan_english import PLAN_ENGLISH
from runners.engine.words.plan_indonesian import PLAN_INDONESIAN


class Language(StrEnum):
    """The languages that reasons are given in, by their ISO 639-1 codes."""

    EN = "en"
    ID = "id"


CATALOGUE: Mapping[Language, Mapping[str, str]] = {
    Language.EN: ENGLISH | CHAT_ENGLISH | PLAN_ENGLISH,
    Language.ID: INDONESIAN | CHAT_INDONESIAN | PLAN_INDONESIAN,
}
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def say(name: str, language: Language = Language.EN, **values: object) -> str:
    """Return the reason `name` in `language` with its `values` put in.

    A name that this version does not know (a newer one may have written it) is said as it is, without its first part.
    """
    text = CATALOGUE[language].get(name)
    return name.partition(".")[2] if text is None else text.format(**values)


def language_of(code: str | None) -> Language:
    """Return the language that a code such as 'id', 'id-ID' or 'id_ID.UTF-8' begins with; English for all others."""
    spoken = (code or "").replace("_", "-").partition("-")[0].partition(".")[0].lower()
    return Language(spoken) if spoken in set(Language) else Language.EN


def language_of_environment(environ: Mapping[str, str]) -> Language:
    """Return the language of a terminal: the first of LC_ALL, LC_MESSAGES and LANG that says one (POSIX, 8.2)."""
    return language_of(next((environ[name] for name in LOCALE_VARIABLES if environ.get(name)), None))
