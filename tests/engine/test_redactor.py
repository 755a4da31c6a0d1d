"""Known secrets are hidden however they are spelled and wherever the text that holds them is cut."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runners.engine.redactor import HIDDEN, Redacted, Redactor

SECRET = 'cänary/5f2c+"q&<z>\\ 0123456789'
PLAIN = "canary-5f2c-0123456789"
PEM = "-----BEGIN KEY-----\n" + "\n".join(c * 60 + "abcd" for c in "QRST") + "\n-----END KEY-----\n"
R = Redactor([SECRET, PLAIN])


@pytest.mark.parametrize(
    "spell",
    [
        str,
        html.escape,
        quote,
        quote_plus,
        lambda text: quote(text, safe="").lower(),
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(json.dumps({"a": text})),
        repr,
        lambda text: repr(text.encode()),
        lambda text: text.encode().hex(),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
        lambda text: base64.b64encode(f"x{text}y".encode()).decode(),
        lambda text: base64.b64encode(f"xy{text}yz".encode()).decode(),
        lambda text: base64.encodebytes(f"{'w' * 40}{text}".encode()).decode(),
        lambda text: f"https://x:{text}@y",
        lambda text: "\n".join(text),
        lambda text: f"{text[:9]}\r\n{text[9:]}",
    ],
)
@pytest.mark.parametrize("secret", [SECRET, PLAIN])
def test_a_secret_is_hidden_in_every_spelling(spell, secret):
    hidden = R.text(f"before {spell(secret)} after")

    assert HIDDEN in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    spelled = spell(secret).replace("\n", "").replace("\r", "")
    inside = len(spelled) * 3 // 4
    assert spelled[inside - 5 : inside + 3] not in hidden.replace("\n", "").replace("\r", "")


def test_what_is_no_secret_stays_as_it_is():
    text = "canary-5f2c-012345678 and more\r\nlines\n"

    assert R.text(text) is text
    assert Redactor().text(PLAIN) == PLAIN


def test_every_line_of_a_key_is_hidden_and_its_frame_is_not():
    assert Redactor([PEM]).text(f"a\n{PEM}b") == "a\n-----BEGIN KEY-----\n****\n-----END KEY-----\nb"
    assert "QQQQ" not in Redactor([PEM]).text("x " + "Q" * 60 + "abcd y")


def test_a_long_secret_is_hidden_as_a_whole_and_in_large_pieces():
    long = "".join(f"{number:04d}" for number in range(200))

    assert Redactor([long]).text(f"<{long}>") == "<****>"
    assert Redactor([long]).text(long[64:128]) == HIDDEN


@pytest.mark.parametrize("short", ["", "a", "12345"])
def test_what_is_shorter_than_six_characters_is_not_looked_for(short):
    assert not Redactor([short])


def test_values_are_hidden_in_keys_lists_and_numbers():
    value = {"a": [PLAIN, 7, None, True, {PLAIN: 1.5}], "n": 123456789}

    assert Redactor([PLAIN, "123456789"]).value(value) == {"a": [HIDDEN, 7, None, True, {HIDDEN: 1.5}], "n": HIDDEN}


def streamed(redactor, pieces):
    stream = Redacted()
    return "".join(stream.write(redactor, piece) for piece in pieces) + stream.end(redactor)


@given(st.lists(st.sampled_from([PLAIN, "canary-", "c", "x", "\n", "5f2c", " "]), max_size=8), st.data())
@settings(max_examples=150, deadline=None)
def test_no_cut_lets_a_secret_through(parts, drawn):
    text = "".join(parts)
    cuts = sorted(drawn.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    shown = streamed(Redactor([PLAIN]), pieces)

    assert PLAIN not in shown.replace("\n", "")
    assert shown.count("x") == text.count("x")


def test_a_stream_of_single_characters_shows_no_secret():
    assert streamed(R, f"a {SECRET} b {PLAIN}\n") == f"a {HIDDEN} b {HIDDEN}\n"


def test_lines_without_a_suspicion_come_at_once():
    stream = Redacted()

    assert stream.write(R, "copied 3 files, can\n") == "copied 3 files, can\n"
    assert stream.write(R, "canary") == ""
    assert stream.write(R, " bird\n") == "canary bird\n"


def test_a_secret_that_is_cut_off_at_the_end_is_hidden():
    assert streamed(R, ["x ", PLAIN[:-1]]) == f"x {HIDDEN}"
    assert streamed(R, ["x can"]) == "x can"
