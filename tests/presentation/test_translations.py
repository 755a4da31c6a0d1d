"""Every word of the pages is said in every language."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask, render_template_string
from flask_babel import ngettext

from runners.engine import catalog
from webapp.catalogues import FOLDER, catalogue, translate
from webapp.presentation.input_words import INPUT_WORDS

PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "translations.py"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", PROGRAM)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_message_is_said_in_every_language_and_none_is_left_over(program: ModuleType) -> None:
    assert [line for language in FOLDER.iterdir() for line in program.problems(language)] == []


@pytest.fixture
def app() -> Flask:
    spoken = Flask("webapp")
    translate(spoken)
    return spoken


@pytest.mark.parametrize(("language", "said"), [("en", "1\u202f284 runs &lt;b&gt;"), ("id", "1.284 runs &lt;b&gt;")])
def test_how_many_is_said_as_the_language_writes_numbers(app: Flask, language: str, said: str) -> None:
    source = "{{ ngettext('%(num)s run %(a)s', '%(num)s runs %(a)s', 1284, a='<b>') }}"

    with app.test_request_context(headers={"Accept-Language": language}):
        assert render_template_string(source) == said
        assert ngettext("%(num)s item", "%(num)s items", 1284) in ("1\u202f284 items", "1.284 items")


def test_a_language_is_spoken() -> None:
    assert catalogue("id").ugettext("Overview") == "Ikhtisar"


def test_what_handlers_say_of_their_inputs_is_in_the_catalogues():
    known = catalog.load()
    said = {
        part["description"]
        for type in known.types()
        for part in known.input_schema(type).get("properties", {}).values()
    }

    assert said == {str(word) for word in INPUT_WORDS}
