"""What people write, and exactly the jobs that it means; what is unclear is asked, and never guessed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runners.engine.catalog import load
from runners.engine.job import validate
from runners.engine.words import CATALOGUE, Language
from runners.planner import lexicon, numerals
from runners.planner.clause_reading import Asked
from runners.planner.grammar import understand
from runners.planner.reading import normalized

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
ROWS = [json.loads(line) for line in Path(__file__).with_name("sentences.jsonl").read_text().splitlines()]
WORDS = [*lexicon.STRONG_WORDS, *lexicon.TELLING, *lexicon.CHANNELS, *lexicon.JOINS, *numerals.NUMBERS, *lexicon.AT]
LOOSE = [
    "7",
    "07:30",
    "31/12/2026",
    "https://a.example/x",
    '"ls -l"',
    "max",
    "no",
    "overlap",
    "akun",
    "x_1",
    "1st",
    "lagi",
]


def meant(text: str, zone: str = "Asia/Jakarta") -> dict[str, Any]:
    """Return what a prompt means, in the words of sentences.jsonl."""
    found = understand(normalized(text), Asked(zone, NOW))
    jobs = [
        {"id": draft.job_id, "type": draft.type, "schedule": draft.schedule}
        | ({"inputs": draft.inputs} if draft.inputs else {})
        | draft.fields
        for draft in found.drafts
    ]
    asks = [question.note.name.removeprefix("ask_") for question in found.questions]
    refuses = [refusal.name for refusal in found.out_of_reach]
    return {name: value for name, value in (("jobs", jobs), ("asks", asks), ("refuses", refuses)) if value}


def test_there_are_sentences_of_every_kind() -> None:
    assert len(ROWS) >= 300 and len({row["say"] for row in ROWS}) == len(ROWS)
    assert min(sum(kind in row for row in ROWS) for kind in ("jobs", "asks", "refuses")) >= 10


def test_every_sentence_means_exactly_this() -> None:
    wrong = [row["say"] for row in ROWS if meant(row["say"]) != {name: row[name] for name in row if name != "say"}]

    assert wrong == []


def test_every_planned_job_is_one_that_is_taken() -> None:
    catalog = load()

    for row in ROWS:
        for draft in understand(normalized(row["say"]), Asked("Asia/Jakarta", NOW)).drafts:
            if draft.schedule is None or "at" not in draft.schedule:
                validate(draft.spec(), catalog)


def test_a_time_is_one_of_the_zone_that_is_asked_in_unless_the_sentence_names_another() -> None:
    assert meant("laporan jam 07:00", "Asia/Tokyo")["jobs"][0]["schedule"]["timezone"] == "Asia/Tokyo"
    assert meant("laporan jam 07:00 WITA", "Asia/Tokyo")["jobs"][0]["schedule"]["timezone"] == "Asia/Makassar"


@pytest.mark.parametrize("text", ["reporter every day at 7", "backupper jam 7", "pelaporan jam 7", "recheck at 7"])
def test_words_inside_other_words_mean_nothing(text: str) -> None:
    assert meant(text) == {"asks": ["what"]}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, *LOOSE]), max_size=40))
def test_whatever_is_put_together_is_planned_asked_or_refused(words: list[str]) -> None:
    text = normalized(" ".join(words))

    found = understand(text, Asked("Asia/Jakarta", NOW))

    assert found.drafts or found.questions or found.out_of_reach or not text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_grammar(text: str) -> None:
    understand(normalized(text), Asked("Asia/Jakarta", NOW))


@pytest.mark.parametrize("language", list(Language))
def test_everything_that_is_said_of_a_plan_has_its_words(language: Language) -> None:
    for row in ROWS:
        found = understand(normalized(row["say"]), Asked("Asia/Jakarta", NOW))
        notes = [question.note for question in found.questions] + list(found.out_of_reach)
        for note in [*notes, *(said for draft in found.drafts for said in (*draft.assumptions, *draft.warnings))]:
            assert f"plan.{note.name}" in CATALOGUE[language] and note.said(language)


def test_an_answer_stands_behind_the_clause_that_it_is_about() -> None:
    text = "laporan harian, backup tiap hari jam 2 pagi"
    (question,) = understand(text, Asked("Asia/Jakarta", NOW)).questions

    answered = question.answered(text, question.choices[0])

    assert answered == "laporan harian jam 07:00, backup tiap hari jam 2 pagi"
    assert [job["schedule"]["cron"] for job in meant(answered)["jobs"]] == ["0 7 * * *", "0 2 * * *"]


def test_each_offered_answer_settles_its_question() -> None:
    unsettled = [
        (text, choice)
        for text in (normalized(row["say"]) for row in ROWS if row.get("asks"))
        for question in understand(text, Asked("Asia/Jakarta", NOW)).questions
        if question.note.name != "ask_which"  # kinds of work
        for choice in question.choices
        if question.note
        in [left.note for left in understand(question.answered(text, choice), Asked("Asia/Jakarta", NOW)).questions]
    ]

    assert unsettled == []
