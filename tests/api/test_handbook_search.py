"""Searching the handbook: who asks its own thirty questions is led to the part that answers each."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from webapp.handbook import CHECKOUT, chapter, plain
from webapp.handbook_search import LEADING, QUESTION, search

ANSWERS = {
    "Why did my job not run at 02:00?": "what became of each slot. skipped names the guard",
    "Why does my job not run now?": "Its page, Guards: each with what it saw, its limit, who is in the way and until when",
    "When will it run next?": "tells the next slots and, of each, what moved clocks do to it",
    "Can one run start twice?": "So a handler may start more than once, never unmarked",
    "How do I make an effect happen once?": "hand it to whatever must not happen twice",
    "What becomes of a run whose worker dies?": "the run is queued again, marked redelivered, and claimed with the next token",
    "What becomes of slots while no scheduler ran?": "the newest missed slot runs if it is within its grace",
    "What is the difference between skipped and missed?": "missed (no scheduler looked",
    "How do I stop everything at once?": "everything the queue's page, POST /queue/pause, multijob pause",
    "How do I keep two jobs from running together?": "the flow group has as many active runs as the lowest limit",
    "What does pressure mean?": "When more runs wait than the high mark allows, only critical jobs go out",
    "My job cools down. What now?": "read the error; then reset its memory, or wait",
    "Where is the log of a run?": "Read it on the run's page, which follows it; with multijob run logs ID --follow",
    "How long is history kept?": "RUNS_KEPT (200 000) RUNS_KEPT_DAYS (30) after their end",
    "What does a run cost in memory?": "in bytes for each run that is kept",
    "Which setting does what?": "",
    "Who may do what?": "operator also make, run, pause and cancel",
    "How do I give a program a token?": "multijob token create, the page Tokens, POST /tokens",
    "How does the first administrator come in?": "whoever opens it within 15 minutes becomes the first administrator",
    "Where do passwords of services go?": "is sealed and masked like secrets",
    "Who approved this, and what exactly?": "covers job, run, type, job version, inputs, summary and requests",
    "Why is my command refused?": "AGENT_COMMAND_ALLOW_PREFIXES",
    "Why can `http.request` not reach my host?": "HTTP_ALLOW_PRIVATE",
    "How do I hear of failures?": "A rule says which events are told, to whom, and how often at most",
    "How do I back up, and restore?": "multijob restore FILE",
    "What do I do before an upgrade, and can I go back?": "replace one after the other: schedulers, workers, web, connector",
    "Which alerts should I have?": "",
    "It says that it works in memory. Is that bad?": "No server was configured or reachable at the start",
    "Redis is full. What is lost?": "A full store takes no new runs, and what runs still ends",
    "How many machines can work together?": "any of these on each, with the same REDIS_URL and secrets",
}
"""What the part says that a question leads to; '' where the part is a table of its own making."""
QUESTIONS = {
    language: [
        (row[1], LEADING.findall(row[0])) for row in QUESTION.finditer((CHECKOUT / folder / "questions.md").read_text())
    ]
    for language, folder in (("en", ""), ("id", "id"))
}


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_question_is_answered_by_one_of_the_first_three_parts_that_are_found(language: str) -> None:
    lost = {}
    for asked, answers in QUESTIONS[language]:
        found = [(hit.chapter.name, hit.section.anchor) for hit in search(language, asked)[:3]]
        if answers[0] not in found:
            lost[asked] = found

    assert len(QUESTIONS[language]) == 30
    assert lost == {}


def test_the_part_that_a_question_leads_to_says_the_answer() -> None:
    said = {}
    for asked, ((name, anchor), *_) in QUESTIONS["en"]:
        found = chapter(name, "en")
        assert found is not None
        said[asked] = plain(next(part.text for part in found.sections if part.anchor == anchor))

    assert set(said) == set(ANSWERS)
    assert [asked for asked, words in ANSWERS.items() if words not in said[asked]] == []


@pytest.mark.parametrize(
    ("language", "asked", "name", "anchor"),
    [
        ("en", "stuck queued", "troubleshooting", "a-run-stays-queued"),
        ("en", "port in use", "troubleshooting", "it-does-not-start"),
        ("en", "eviction policy", "troubleshooting", "the-server-throws-things-away"),
        ("en", "jobs fail, who is told?", "notifications", ""),
        ("en", "systemd", "deploying", "systemd"),
        ("en", "how do I write a connector?", "connectors", ""),
        ("id", "bagaimana menulis konektor?", "connectors", ""),
        ("id", "cadangan", "operating", "cadangan"),
        ("id", "kebijakan pengosongan", "troubleshooting", "server-membuang-data"),
    ],
)
def test_a_question_in_other_words_is_answered_as_well(language: str, asked: str, name: str, anchor: str) -> None:
    found = [(hit.chapter.name, hit.section.anchor) for hit in search(language, asked)[:3]]

    assert (name, anchor) in found


def test_a_title_goes_before_a_mention() -> None:
    assert "backup" in search("en", "backup")[0].section.title.lower()


def test_a_word_is_shown_among_its_neighbours() -> None:
    assert all(re.search("cool(ed|s|ing)?", hit.snippet, re.IGNORECASE) for hit in search("en", "cooldown")[:3])


def test_what_is_asked_in_words_of_every_sentence_finds_nothing_and_fails_nowhere() -> None:
    assert search("en", "") == []
    assert search("en", "what is it") == []
    assert search("en", "?! …") == []


def test_the_page_shows_what_is_found(client: FlaskClient) -> None:
    page = client.get("/ui/help?search=cooldown+threshold").text

    assert 'href="/ui/help/guards' in page
    assert "No part of the handbook" in client.get("/ui/help?search=zyxw+qqq").text
    assert "<script>" not in client.get("/ui/help?search=<script>").text
