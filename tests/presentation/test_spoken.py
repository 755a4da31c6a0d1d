"""Sentences of the engine on pages: each is known by its pattern, and said in the language of the reader with what is in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from runners.doctor import invariants
from runners.engine.words.sentences import INDONESIAN_SENTENCES
from webapp.presentation.spoken import spoken

TOP = Path(__file__).resolve().parents[2]
PLACES = (TOP / "runners" / "engine", TOP / "webapp" / "pages", TOP / "runners" / "agents")
SAYERS = {"fault": 1, "Problem": 1, "Lack": 2, "Ask": 0, "Question": 0} | dict.fromkeys(
    (
        "Unauthorized",
        "Conflict",
        "CountDiffers",
        "Stale",
        "NotFound",
        "Forbidden",
        "TooMany",
        "Unreadable",
        "StoreAway",
        "AuditUnusable",
    ),
    0,
)
"""What is raised or returned for people, and which of its arguments is the sentence."""
NEVER_ON_PAGES = {
    *("document.py", "transfer.py", "answers.py"),  # import and idempotency are the API's alone
    *("greeting.py", "probe.py"),  # a start that fails
}
VAGUE = re.compile(r"(?:[\w.]+:?)?(?:\W|\{\})*")
"""Nothing but a field's name, places and signs: what stands in them is known by itself."""

HOW = "add these to runners/engine/words/sentences"
OPEN_END = re.compile(r"(?<=\S)\{\}$")
"""Where a guess at what was meant may follow."""


def said() -> Iterator[str]:
    for path in sorted(path for place in PLACES for path in place.rglob("*.py")):
        if path.name in NEVER_ON_PAGES or "settings" in path.parts:
            continue
        nodes = list(ast.walk(ast.parse(path.read_text())))
        kept = [(node.targets[0], node.value) for node in nodes if isinstance(node, ast.Assign)]
        for node in nodes:
            if isinstance(node, ast.Call) and (name := _name(node.func)) in SAYERS and len(node.args) > SAYERS[name]:
                sentence = node.args[SAYERS[name]]
                written = [value for target, value in kept if _name(sentence) and _name(target) == _name(sentence)]
                yield from map(_text, written or [sentence])


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


@pytest.fixture(scope="module")
def app() -> Flask:
    return Flask("webapp")


def in_indonesian(app: Flask, text: str) -> str:
    with app.test_request_context(headers={"Accept-Language": "id"}):
        return spoken(text)


def test_every_sentence_of_the_engine_that_pages_may_show_is_said_in_every_language(app: Flask) -> None:
    shown = {OPEN_END.sub("", text).replace("{}", "7") for text in said() if not VAGUE.fullmatch(text)}

    assert len(shown) > 80
    assert [text for text in sorted(shown) if in_indonesian(app, text) == text] == [], HOW


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("job 'a' does not exist", "job 'a' tidak ada"),
        ("priority 'x' is not one of low, normal", "priority 'x' bukan salah satu dari low, normal"),
        (
            "cron: minute 61 is not in 0-59; hour 25 is not in 0-23",
            "cron: minute 61 tidak di antara 0-59; hour 25 tidak di antara 0-23",
        ),
        (
            "unknown field 'shedule'; did you mean 'schedule'?",
            "isian 'shedule' tidak dikenal; maksud Anda 'schedule'?",
        ),
        ("url: host 'a' does not resolve", "url: host 'a' tidak dapat ditemukan"),
        ("Step 2 of asker needs program df -Pk", "Langkah 2 dari asker memerlukan program df -Pk"),
        ("The plan of asker needs tool a", "Rencana asker memerlukan tool a"),
        ("the disk 100%% is full of %(a)s", "the disk 100%% is full of %(a)s"),
        ("", ""),
        ("; ", "; "),
    ],
)
def test_a_sentence_is_said_with_the_sentences_in_it(app: Flask, english: str, indonesian: str) -> None:
    assert in_indonesian(app, english) == indonesian


def test_in_english_a_sentence_is_said_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert spoken("job 'a' does not exist") == "job 'a' does not exist"


def test_no_sentence_is_a_place_alone() -> None:
    assert [sentence for sentence in INDONESIAN_SENTENCES if len(re.sub(r"%\(\w\)s", "", sentence).strip()) < 4] == []


def test_every_invariant_that_an_examination_may_find_broken_is_said_in_every_language(app: Flask) -> None:
    found = [f"{name}: run 7: it broke" for name in invariants.NAMES.values()]

    assert [text for text in found if in_indonesian(app, text) == text] == []


def test_a_sentence_says_in_every_language_all_that_differs_in_it() -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\((\w)\)s", text))

    assert [text for text, said in INDONESIAN_SENTENCES.items() if places(text) != places(said)] == []
