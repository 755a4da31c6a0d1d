"""What is put down of a change holds no secret, whatever it is called and wherever it stands."""

import json

import pytest

from runners.engine.masking import LONGEST, shown

CANARY = "hunter2-canary-4711"


@pytest.mark.parametrize(
    "value",
    [
        {"password": CANARY},
        {"headers": {"Authorization": f"Bearer {CANARY}", "X-Api-Key": CANARY}},
        {"env": [{"clientSecret": CANARY}]},
        {"url": f"https://ana:{CANARY}@example.com/"},
        {"url": f"https://example.com/?page=2&access_token={CANARY}"},
        {"note": f"curl -H 'Authorization: Bearer {CANARY}'"},
        {"argv": ["backup", "--password", CANARY]},
        {"argv": ["backup", f"--api-key={CANARY}"]},
        {"token": {"value": CANARY, "parts": [CANARY]}},
        {"api_key": 47114711},
    ],
)
def test_a_secret_is_masked(value):
    text = json.dumps(shown(value))

    assert CANARY not in text
    assert "47114711" not in text


@pytest.mark.parametrize(
    "value",
    [
        {"url": "https://example.com/path?page=2", "max_tokens": 5, "enabled": True},
        {"password": None},
        {"api_key": "{{secret:openai/main/api_key}}"},
        {"argv": ["ls", "--color", "never"]},
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(value):
    assert shown(value) == value


def test_what_is_long_is_named_by_length_and_digest():
    cut = shown({"inputs.text": "x" * LONGEST, "inputs.short": "y"})

    assert cut["inputs.short"] == "y"
    assert cut["inputs.text"]["characters"] == LONGEST + 2
    assert shown({"inputs.text": "x" * LONGEST}) == {"inputs.text": cut["inputs.text"]}
    assert shown(None) is None


@pytest.mark.parametrize("gap", [" ", "\t", "\n"])
def test_a_credential_is_masked_whatever_gap_is_in_it(gap):
    assert CANARY not in str(shown({"note": f"Bearer{gap}{CANARY}"}))
