"""The words of the pages in every language: GNU gettext catalogues under translations/, one file for each room of templates.

A message is written in English where it is used, by `_("…")`; the other languages stand in `translations/LANGUAGE/ROOM.po`. They
are read as text when a process first needs them, so that there is nothing to compile and nothing that can be out of date.
`scripts/translations.py` keeps the files in step with the templates; reasons of the engine have a catalogue of their own
(runners/engine/words).
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from webapp.language import language
from webapp.numbers import number

FOLDER = Path(__file__).resolve().parent / "translations"


def translate(app: Flask) -> None:
    """Let the pages of `app` speak the language of each request."""
    _Speaking(app, default_locale="en", locale_selector=language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of jinja2.ext.i18n
        lambda text: catalogue(language()).ugettext(text), ngettext, newstyle=True
    )
    app.jinja_env.globals["ngettext"] = _counted


@pass_context
def _counted(context: Context, singular: str, plural: str, num: int, **variables: Any) -> str:
    """Say in a template how many, as Jinja's own would, but the number as the language writes it."""
    text = catalogue(language()).ungettext(singular, plural, num)
    return (Markup(text) if context.eval_ctx.autoescape else text) % {"num": number(num), **variables}


class _Speaking(Babel):
    @property
    def domain_instance(self) -> Domain:
        return _Rooms()


class _Rooms(Domain):
    """Flask-Babel reads one compiled file of a language; here are many, as text."""

    def get_translations(self) -> NullTranslations:
        return catalogue(language())

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Say how many, the number as the language writes it."""
        return str(self.get_translations().ungettext(singular, plural, num)) % {"num": number(num), **variables}


@cache
def catalogue(language: str) -> NullTranslations:
    """Return what is said in `language`; English, and what has no translation, is said as it is written."""
    spoken = Translations()
    for path in sorted((FOLDER / language).glob("*.po")):
        room = _compiled(path, language)
        spoken.merge(room)
        spoken.plural = room.plural  # which `merge` leaves behind
    return spoken


def _compiled(path: Path, language: str) -> Translations:
    compiled = io.BytesIO()
    with path.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    return Translations(compiled)
