"""The catalogue: every reason in every language, with the same values in it."""

from string import Formatter

import pytest

from runners.engine.guards import GUARDS
from runners.engine.look import MISSES
from runners.engine.run import FailureKind
from runners.engine.words import CATALOGUE, Language, language_of, language_of_environment, say

NEEDED = [
    *(f"{part}.{guard.__name__}" for part in ("guard", "hold", "skipped") for guard in GUARDS),
    *(f"missed.{reason}" for reason in MISSES),
    *(f"failure.{kind}" for kind in FailureKind),
    *(f"source.{source}" for source in ("schedule", "manual", "retry", "planner", "chat", "api")),
]


SAME = {"chat.role_operator", "chat.role_admin", "chat.do_log", "chat.what_job", "plan.summary_one"}
"""Words that both languages share."""


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", Language)
def test_every_guard_reason_and_failure_is_said_in_every_language(language):
    assert [name for name in NEEDED if name not in CATALOGUE[language]] == []


@pytest.mark.parametrize("language", Language)
def test_every_language_says_the_same_reasons_with_the_same_values(language):
    english, other = CATALOGUE[Language.EN], CATALOGUE[language]

    assert other.keys() == english.keys()
    assert {name: placeholders(text) for name, text in other.items()} == {
        name: placeholders(text) for name, text in english.items()
    }


def test_no_sentence_was_left_in_english():
    english, indonesian = CATALOGUE[Language.EN], CATALOGUE[Language.ID]

    assert {name for name in english if english[name] == indonesian[name]} == SAME


def test_a_reason_of_a_newer_version_is_said_as_it_is():
    assert say("missed.moon_phase", Language.ID) == "moon_phase"


def test_braces_in_values_stay_text():
    assert "{x}" in say("hold.flow_limit", Language.ID, observed=1, limit=1, flow_group="{x}", job_id="y", until="")


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("id", "id"),
        ("id-ID", "id"),
        ("id_ID.UTF-8", "id"),
        ("ID", "id"),
        ("en_US.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("idx", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_language_is_known_by_how_its_code_begins(code, language):
    assert language_of(code) is Language(language)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id_ID.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "id_ID"}, "id"),
        ({"LC_ALL": "", "LANG": "id"}, "id"),
        ({}, "en"),
    ],
)
def test_a_terminal_speaks_the_first_language_that_its_variables_say(environ, language):
    assert language_of_environment(environ) is Language(language)
