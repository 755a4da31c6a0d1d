"""Chat text to commands, and facts to replies; no store, no network."""

import pytest

from runners.connector import commands
from runners.connector.fitting import fit, plain
from runners.connector.reply import Command
from runners.connector.telegram import LARGEST_MESSAGE
from runners.connector.telegram_messages import quoted


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/status", Command("status", "")),
        ("  /STATUS  ", Command("status", "")),
        ("/status@any_bot", Command("status", "")),
        ("/jobs nightly backup", Command("jobs", "nightly backup")),
        ("/runs   failed", Command("runs", "failed")),
        ("/jobs one\n/runs", Command("jobs", "one /runs")),
        ("/run report\n  at 7pm", Command("run", "report at 7pm")),
        ("/", None),
        ("/@bot", None),
        ("status", None),
        ("", None),
        ("   ", None),
    ],
)
def test_a_command_is_the_first_word_after_a_slash(text, command):
    assert commands.parse(text) == command


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("short", "short"),
        ("x" * 4096, "x" * 4096),
        ("x" * 4097, "x" * 4095 + "…"),
        ("😀" * 2048, "😀" * 2048),
        ("😀" * 2049, "😀" * 2047 + "…"),
    ],
)
def test_a_reply_is_cut_to_one_message(text, kept):
    assert fit(text, LARGEST_MESSAGE) == kept
    assert len(fit(text, LARGEST_MESSAGE).encode("utf-16-le")) // 2 <= LARGEST_MESSAGE


def test_what_is_cut_says_where_the_whole_stands():
    kept = fit("😀" * 4000, LARGEST_MESSAGE, "https://ops.example/ui/runs/r")

    assert kept.endswith("😀…\nhttps://ops.example/ui/runs/r")
    assert LARGEST_MESSAGE - 2 <= len(kept.encode("utf-16-le")) // 2 <= LARGEST_MESSAGE


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("no name", []),
        ("@ada and (@bob)", [(0, 4), (10, 4)]),
        ("\U0001f600@ada", [(2, 4)]),
        ("ops@example.org", []),
        ("@@ada", [(1, 4)]),
        ("@ada " * 100, [(5 * number, 4) for number in range(100)]),
        ("@ada " * 101, [(0, 504)]),
    ],
    ids=["none", "two", "behind two units", "an address", "twice", "as many as are taken", "more"],
)
def test_a_name_that_telegram_would_tell_is_code(text, places):
    found = quoted(text)

    assert [(one.offset, one.length) for one in found] == places
    assert {one.type for one in found} <= {"code"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\n\tlines", "two\n\tlines"),
        ("night\u200bly\0\x1b\ud800\u202e\u00ad", "night" + "\ufffdly" + "\ufffd" * 5),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
    ids=["lines", "unseen", "a family"],
)
def test_what_is_not_seen_is_shown_as_a_mark(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "heard"),
    [("/a \ud800", "/a ?"), ("\u200b/a", "\u200b/a"), ("x" * 9000, "x" * 8192)],
    ids=["half", "whole", "large"],
)
def test_a_text_is_heard_cut_and_without_halves_of_characters(text, heard):
    assert commands.legible(text) == heard
