"""JSON with secrets inside: what is shown, what is sealed, and what a change leaves alone."""

import json

import pytest

from runners.engine.errors import Invalid
from runners.engine.secret_fields import Kept, merged, place_text

LONG = "canary-3f9c-0123456789"
SECRETS = frozenset({"secrets"})


def seal(place, secret):
    """Show what was sealed where, as no real seal does."""
    return f"<{place}={secret}>"


def kept(**patch):
    return merged(Kept(), patch, seal, SECRETS)


def test_secrets_are_found_by_their_names_however_deep():
    found = kept(
        config={
            "region": "eu",
            "token": LONG,
            "inner": {"list": [{"password": "short"}, "open"], "max_tokens": 5},
            "headers": {"X-Api-Key": LONG, "Accept": "*/*"},
        }
    )

    assert found.shown == {
        "config": {
            "region": "eu",
            "token": "****6789",
            "inner": {"list": [{"password": "****"}, "open"], "max_tokens": 5},
            "headers": {"X-Api-Key": "****6789", "Accept": "*/*"},
        }
    }
    assert set(found.sealed) == {"config/token", "config/inner/list/0/password", "config/headers/X-Api-Key"}


def test_all_that_stands_under_a_secret_name_is_secret():
    assert kept(config={"credentials": {"user": LONG, "more": [LONG]}}).shown == {
        "config": {"credentials": {"user": "****6789", "more": ["****6789"]}}
    }


def test_a_place_may_be_all_secrets_whatever_they_are_called():
    assert kept(secrets={"anything": LONG}) == Kept(
        {"secrets": {"anything": "****6789"}}, {"secrets/anything": f"<secrets/anything={LONG}>"}
    )


def test_a_url_with_a_password_is_sealed():
    assert kept(config={"mirror": f"https://me:{LONG}@example.com"}).shown == {"config": {"mirror": "****.com"}}


def test_a_change_touches_only_what_it_names():
    before = kept(config={"token": LONG, "region": "eu", "inner": {"key": LONG}}, secrets={"a": LONG, "b": LONG})

    after = merged(before, {"config": {"region": "us"}, "secrets": {"b": "new-new-new-new-new"}}, seal, SECRETS)

    assert after.shown == before.shown | {
        "config": before.shown["config"] | {"region": "us"},
        "secrets": {"a": "****6789", "b": "****-new"},
    }
    assert after.sealed == dict(before.sealed) | {"secrets/b": "<secrets/b=new-new-new-new-new>"}


def test_null_removes_a_secret_and_what_was_sealed_of_it():
    before = kept(config={"token": LONG, "inner": {"key": LONG}}, secrets={"a": LONG, "b": LONG})

    after = merged(before, {"config": {"inner": None}, "secrets": {"a": None}}, seal, SECRETS)

    assert after.shown == {"config": {"token": "****6789"}, "secrets": {"b": "****6789"}}
    assert set(after.sealed) == {"config/token", "secrets/b"}


def test_the_mask_sent_back_changes_nothing():
    before = kept(
        config={"token": LONG, "list": [{"key": "short"}], "url": f"ftp://me:{LONG}@a.b"}, secrets={"a": LONG}
    )

    assert merged(before, json.loads(json.dumps(before.shown)), seal, SECRETS) == before


@pytest.mark.parametrize(
    "patch", [{"secrets": {"b": "****6789"}}, {"secrets": {"a": "****9999"}}, {"config": {"token": "****6789"}}]
)
def test_a_mask_elsewhere_is_never_taken_for_a_secret(patch):
    with pytest.raises(Invalid, match="is a mask, and stands for no secret"):
        merged(kept(secrets={"a": LONG}), patch, seal, SECRETS)


def test_a_secret_that_gives_way_to_something_else_is_sealed_no_more():
    before = kept(config={"token": LONG, "auth": {"password": LONG}})

    after = merged(before, {"config": {"token": True, "auth": ""}}, seal, SECRETS)

    assert after == Kept({"config": {"token": True, "auth": ""}}, {})


@pytest.mark.parametrize("bad", [77123, 7.5, "x" * 17_000, "a\0b", "\ud800aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_what_cannot_be_a_secret_is_refused_and_not_quoted(bad):
    with pytest.raises(Invalid) as refusal:
        kept(config={"pin": "1", "token": bad})

    (problem,) = refusal.value.problems
    assert problem.loc == ("config", "token")
    assert str(bad)[:4] not in problem.msg


def test_no_two_places_share_a_text():
    assert len({place_text(place) for place in [("a", "b"), ("a/b",), ("a~1b",), ("a~b",)]}) == 4
