"""What an account may hold, and how a change of it is read."""

import pytest

from runners.engine.errors import Invalid
from runners.engine.integrations.account import Account, changed, read, without_secrets

CANARY = "canary-8d21-0123456789"
NEW = Account("openai", "main")


def seal(place, secret):
    """Stand for the vault."""
    return f"sealed {place}"


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"shedule": 1}, ["shedule"]),
        ({"secrets": {"api_key": 7712334}}, ["secrets", "api_key"]),
        ({"secrets": {"api_key": [CANARY]}}, ["secrets", "api_key"]),
        ({"secrets": {"a b": CANARY}}, ["secrets", "'a b'"]),
        ({"secrets": [CANARY]}, ["secrets"]),
        ({"secrets": {"api_key": "****6789"}}, ["secrets", "api_key"]),
        ({"config": {"token": 7712334}}, ["config", "token"]),
        ({"config": CANARY}, ["config"]),
        ({"config": {"x": "y" * 70_000}}, ["config"]),
        ({"enabled": "yes"}, ["enabled"]),
        ({"label": "a\nb"}, ["label"]),
        ({"provider": "other"}, ["provider"]),
        ({"base_url": f"https://me:{CANARY}@example.com"}, ["base_url"]),
        ({"base_url": f"https://example.com/?key={CANARY}"}, ["base_url"]),
        ({"base_url": "ftp://example.com"}, ["base_url"]),
        ({"base_url": "https://"}, ["base_url"]),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_quoted(fields, loc):
    with pytest.raises(Invalid) as refusal:
        changed(NEW, fields, seal)

    assert [list(problem.loc) for problem in refusal.value.problems] == [loc]
    assert CANARY not in str(refusal.value)
    assert "7712334" not in str(refusal.value)


def test_an_export_leaves_secrets_out_and_keeps_the_rest():
    config = {
        "region": "eu",
        "token": CANARY,
        "headers": {"Cookie": CANARY, "Accept": "*"},
        "keys": [{"password": CANARY}, 1],
    }
    account = read("openai/main", changed(NEW, {"config": config, "secrets": {"api_key": CANARY}}, seal))

    assert without_secrets(account) == {"region": "eu", "headers": {"Accept": "*"}, "keys": [{}, 1]}


@pytest.mark.parametrize(
    ("base_url", "config", "address"),
    [
        (None, {}, None),
        ("https://a.example", {}, "https://a.example"),
        ("https://{ref}.a.example/{v}", {"ref": "x", "v": "2"}, "https://x.a.example/2"),
        ("https://{ref}.a.example/{v}", {"ref": "x"}, None),
        ("https://{ref}.a.example", {"ref": 5}, None),
    ],
)
def test_places_in_an_address_are_filled_from_the_config(base_url, config, address):
    account = read("a/b", changed(NEW, {"base_url": base_url, "config": config}, seal))

    assert account.address == address
