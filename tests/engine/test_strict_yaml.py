"""YAML is JSON in another form: what goes out comes back the same, and what could be read in two ways is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runners.engine.errors import Malformed
from runners.engine.strict.json_text import MAX_INTEGER
from runners.engine.strict.yaml_text import dump, parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = st.sampled_from(
    ["yes", "no", "on", "~", "null", "true", "010", "1e3", "1:30", "2026-01-31", ".inf", "-", "? a", "<<", "=", ""]
)
NUMBERS = st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_what_goes_out_comes_back_the_same(value):
    again = parse(dump(value).encode())

    assert json.dumps(again) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", {"a": "yes"}),
        ("a: 010", {"a": "010"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: 2026-01-31T18:15:00Z", {"a": "2026-01-31T18:15:00Z"}),
        ("a: +5", {"a": "+5"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: ٣", {"a": "٣"}),
        ("a: true\nb: null\nc: ~\nd:", {"a": True, "b": None, "c": None, "d": None}),
        ("1: a", {"1": "a"}),
        ("- 1\n- 1.5\n- '1'", [1, 1.5, "1"]),
        ('{"a": [1, {"b": "\\u00e9"}]}', {"a": [1, {"b": "é"}]}),
        ("", None),
    ],
)
def test_plain_words_mean_what_json_means_by_them(text, value):
    assert parse(text.encode()) == value


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"a: 1\na: 2", "stands twice"),
        (b"a: &x 1\nb: *x", "an anchor"),
        (b"a: *x", "an anchor"),
        (b"&x {a: 1}", "an anchor"),
        (b"a: !!python/object/apply:os.system [id]", "the tag"),
        (b"!!binary aGk=", "the tag"),
        (b"? [a]\n: 1", "a name at line 1 column 3 is not text"),
        (b"a: .nan", "not JSON"),
        (b"a: -.inf", "not JSON"),
        (b"a: 9007199254740993", "beyond 2"),
        (b"a: 1e999", "too large"),
        (b"a: 1\n---\nb: 2", "second document"),
        (b"a: [", "not YAML"),
        (b"a: \xff", "not UTF-8"),
        (b"a: \x00", "not YAML"),
        (b'a: "\\ud800"', "surrogate|not YAML"),
        (b"[" * 100_000, "deeper than 32"),
        (b"- " * 100_000, "deeper than 32"),
        (b"<<: {a: 1}\n<<: {b: 1}", "stands twice"),
    ],
    ids=lambda part: str(part)[:24],
)
def test_what_could_be_read_in_two_ways_is_refused(body, fault):
    with pytest.raises(Malformed, match=fault):
        parse(body)
