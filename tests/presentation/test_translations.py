"""Every word of the pages is said in every language."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from webapp.catalogues import FOLDER, catalogue

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


def test_a_language_is_spoken() -> None:
    assert catalogue("id").ugettext("Overview") == "Ikhtisar"
