"""How notices read."""

from runners.engine.events import EventType
from runners.engine.notifications.rule import KNOWN
from runners.engine.notifications.words import KINDS, limit_text, text_of, trial_text
from runners.engine.words import Language
from tests.notifications.making import event


def test_a_failed_run_says_job_kind_error_run_and_time() -> None:
    failed = event(job_id="daily", run_id="run_1", failure_kind="timeout", error="too slow", attempt=2)

    text = text_of(failed, Language.EN, repeats=3)

    assert text.subject == "job daily failed"
    assert text.body.splitlines() == [
        "job daily failed",
        "it ran into its time limit",
        "too slow",
        "run_1",
        "2030-01-01T12:00:00.000Z",
        "the same came 3 more time(s) since the last notice",
    ]
    assert text_of(failed, Language.ID).subject == "job daily gagal"


def test_what_an_error_says_cannot_break_a_line_or_a_header() -> None:
    text = text_of(event(job_id="daily", error="a\r\nBcc: x@y\x1b[31m\u202e" + "z" * 9_000), Language.EN)

    assert len(text.body.splitlines()) == 3 and len(text.body) < 500
    assert text.body.isascii() and "\x1b" not in text.body


def test_every_event_has_words_in_every_language() -> None:
    for kind in KNOWN:
        for language in Language:
            text = text_of(event(kind, job_id="daily", until_ms="never"), language)

            assert text.subject and "{" not in text.body, kind


def test_only_events_that_there_are_have_words_of_their_own() -> None:
    assert KINDS.keys() <= {kind.value for kind in EventType}


def test_a_limit_and_a_test_name_their_rule() -> None:
    assert "rule ops has told 5 times this hour" in limit_text("ops", 5, Language.EN).body
    assert "uji aturan pemberitahuan ops" in trial_text("ops", Language.ID).subject
