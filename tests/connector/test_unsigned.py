"""What Slack did not sign just now, for this account and as it stands, is refused before anybody reads it."""

from __future__ import annotations

from itertools import count

import pytest

from runners.engine import operations
from tests.connector import slack_api
from tests.connector.doors import ADMIN
from tests.connector.slack_api import FORM, PATH, SECRET, typed
from tests.planted import SIGNING_SECRET

OTHER, OTHERS_SECRET = PATH.replace("ops", "sales"), f"{SIGNING_SECRET}-of-sales"
NUMBERS = count(1)
"""What is signed twice in one second is one unless it differs."""
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


@pytest.fixture(scope="module")
def sales(doors):
    """Another account, with another secret; the same chats and people are allowed there."""
    fields = {"signing_secret": OTHERS_SECRET, "token": slack_api.TOKEN, "team": "T1", "enabled": True}
    fields |= {"api_base": f"{doors.slack.api.url}/api", "allowed_chats": ["C1"], "allowed_senders": ["U1"]}
    operations.save_slack_account(doors.platform, ADMIN, "sales", fields)


def without(name):
    return lambda headers: {key: value for key, value in headers.items() if key != name}


def changed(name, change):
    return lambda headers: headers | {name: change(headers[name])}


HEADERS = {
    "nothing signed": lambda headers: {"Content-Type": FORM},
    "no signature": without(SIGNATURE),
    "no time": without(STAMP),
    "an empty signature": changed(SIGNATURE, lambda text: ""),
    "a signature without its version": changed(SIGNATURE, lambda text: text.removeprefix("v0=")),
    "a signature of another version": changed(SIGNATURE, lambda text: text.replace("v0", "v1")),
    "half a signature": changed(SIGNATURE, lambda text: text[:35]),
    "two signatures": changed(SIGNATURE, lambda text: f"{text},{text}"),
    "a signature that is no ASCII": changed(SIGNATURE, lambda text: "v0=\u00e9" + text[4:]),
    "a second later": changed(STAMP, lambda text: str(int(text) + 1)),
    "a time with a sign": changed(STAMP, lambda text: f"+{text}"),
    "a time with a point": changed(STAMP, lambda text: f"{text}.0"),
    "a time of many digits": changed(STAMP, lambda text: text + "0" * 40),
    "no number of a time": changed(STAMP, lambda text: "now"),
    "a time in other digits": changed(STAMP, lambda text: text.replace("1", "\u00b9")),
}


@pytest.mark.parametrize("way", HEADERS)
def test_what_is_not_signed_as_it_stands_is_refused(doors, way):
    body, headers = now_signed(doors)
    before = doors.effects()

    assert doors.slack.heard(lambda: sent(doors, body, HEADERS[way](headers)), 401) == []
    assert doors.effects() == before


@pytest.mark.parametrize(
    ("secret", "path", "ago"),
    [
        (OTHERS_SECRET, PATH, 0),
        (SECRET, OTHER, 0),
        (SECRET, PATH.replace("ops", "nobody"), 0),
        (SECRET, PATH.replace("ops", "OPS"), 0),
        ("", PATH, 0),
        (SECRET, PATH, 302),
        (SECRET, PATH, -302),
    ],
    ids=["another's secret", "another account", "no account", "another spelling", "no secret", "stale", "to come"],
)  # fmt: skip
def test_what_another_signs_or_what_is_not_of_now_is_refused(doors, sales, secret, path, ago):
    body, headers = now_signed(doors, secret, ago)
    before = doors.effects()

    assert doors.slack.heard(lambda: sent(doors, body, headers, path), 401) == []
    assert doors.effects() == before


CHANGES = {
    "another name": lambda body: body.replace(b"nightly", b"nightlx"),
    "one more field": lambda body: body + b"&text=%2Fpause+nightly",
    "a payload beside it": lambda body: body + b"&payload=%7B%7D",
    "nothing": lambda body: b"",
    "a line more": lambda body: body + b"\n",
}


@pytest.mark.parametrize("way", CHANGES)
def test_a_body_that_was_changed_is_refused(doors, way):
    body, headers = now_signed(doors)
    before = doors.effects()

    assert doors.slack.heard(lambda: sent(doors, CHANGES[way](body), headers), 401) == []
    assert doors.effects() == before


AGAIN = {
    "replayed": {},
    "retried": {"X-Slack-Retry-Num": "1"},
    "retried for long": {"X-Slack-Retry-Num": "3", "X-Slack-Retry-Reason": "http_timeout"},
    "as another kind": {"Content-Type": "text/plain"},
}


@pytest.mark.parametrize("way", AGAIN)
def test_what_comes_again_has_no_second_effect_and_no_second_answer(doors, way):
    body, headers = now_signed(doors)
    assert doors.slack.heard(lambda: sent(doors, body, headers))
    doors.slack.write("/resume nightly")
    before = doors.effects()

    assert doors.slack.heard(lambda: sent(doors, body, headers | AGAIN[way])) == []
    assert doors.effects() == before


def test_a_retry_that_is_signed_anew_has_no_second_effect_and_no_second_answer(doors):
    fields = typed("/pause nightly") | {"trigger_id": "13.37"}
    assert doors.slack.heard(lambda: doors.slack.post(fields))
    doors.slack.write("/resume nightly")
    before = doors.effects()

    for number in ("1", "2"):
        body, headers = slack_api.signed(fields, doors.platform.store.now().timestamp() - 60 * int(number))
        assert doors.slack.heard(lambda b=body, h=headers, n=number: sent(doors, b, h | {"X-Slack-Retry-Num": n})) == []
    assert doors.effects() == before


def now_signed(doors, secret=SECRET, ago=0):
    """Return a body that would have an effect, and the headers that sign it."""
    fields = typed("/pause nightly") | {"token": str(next(NUMBERS))}
    return slack_api.signed(fields, doors.platform.store.now().timestamp() - ago, secret)


def sent(doors, body, headers, path=PATH):
    """Return the status of the answer."""
    return doors.slack.client.post(path, data=body, headers=headers).status_code
