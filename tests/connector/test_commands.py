"""Chat text to commands, and facts to replies; no store, no network."""

import pytest

from runners.connector import commands
from runners.connector.fitting import fit
from runners.connector.reply import Command
from runners.connector.telegram import LARGEST_MESSAGE


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
