"""Secrets that guard nothing stop the start, each named and none said; what belongs together is looked at together."""

import pytest

from runners.engine.errors import SettingsInvalid
from runners.engine.role import Role
from runners.engine.settings import read
from runners.engine.settings.secrets import token_digest

STRONG = "c35a9e7f104b8d26f0417e6b"
OTHER = "7e01b8d3f62a945c1d88b0aa"
ON = {"AUTH_ENABLED": "true"}


def problems(**environ):
    with pytest.raises(SettingsInvalid) as caught:
        read(ON | environ)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("short-4f1c9b", "has not 24 to 512 characters"),
        ("x" * 513, "has not 24 to 512 characters"),
        ("changeme-changeme-changeme", "is a placeholder"),
        ("your-secret-admin-token-here", "is a placeholder"),
        ("admin-token-admin-token-123", "is a placeholder"),
        ("replace_me_with_a_default_key", "is a placeholder"),
        ("abcdefghijklmnopqrstuvwxyz", "is too easy to guess"),
        ("012345678901234567890123", "is too easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "is too easy to guess"),
        ("abc123abc123abc123abc123", "is too easy to guess"),
        (f"{STRONG} {STRONG}", "holds a space, or a character that is not printable ASCII"),
        (f"{STRONG}\u00e9", "holds a space, or a character that is not printable ASCII"),
    ],
)
@pytest.mark.parametrize("name", ["AUTH_VIEWER_TOKEN", "AUTH_OPERATOR_TOKEN", "AUTH_ADMIN_TOKEN", "METRICS_TOKEN"])
def test_a_weak_token_stops_the_start_without_being_said(name, text, fault):
    assert problems(**{name: text}) == [f"{name} {fault}; make one with: openssl rand -hex 32"]


@pytest.mark.parametrize(
    "text", [STRONG, STRONG.upper(), "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA", "key-" + OTHER, "a1:" + OTHER]
)
def test_a_strong_token_is_kept_as_its_digest_only(text):
    settings = read(ON | {"AUTH_ADMIN_TOKEN": text})

    (token,) = settings.auth_tokens
    assert (token.role, token.digest, token.name) == (Role.ADMIN, token_digest(text), "environment:AUTH_ADMIN_TOKEN")
    assert text not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"AUTH_VIEWER_TOKEN": STRONG, "AUTH_ADMIN_TOKEN": STRONG}, ["AUTH_ADMIN_TOKEN", "AUTH_VIEWER_TOKEN"]),
        ({"AUTH_ADMIN_TOKEN": STRONG, "METRICS_TOKEN": STRONG}, ["METRICS_TOKEN", "AUTH_ADMIN_TOKEN"]),
        ({"AUTH_ADMIN_TOKEN": STRONG, "SECRET_KEY": STRONG}, ["SECRET_KEY", "AUTH_ADMIN_TOKEN"]),
        (
            {"AUTH_ADMIN_TOKEN": STRONG, "AUTH_API_KEYS": f"{OTHER}:viewer,{STRONG}:viewer"},
            ["entry 2 of AUTH_API_KEYS"],
        ),
        ({"AUTH_API_KEYS": f"{OTHER}:viewer,{OTHER}:admin"}, ["entry 2 of AUTH_API_KEYS", "entry 1 of AUTH_API_KEYS"]),
    ],
)
def test_a_secret_that_stands_twice_stops_the_start(environ, named):
    (problem,) = problems(**environ)

    assert all(name in problem for name in named)
    assert STRONG not in problem and OTHER not in problem


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (STRONG, "has an entry that does not end in :viewer, :operator, :admin"),
        (f"{STRONG}:boss", "has an entry that does not end in :viewer, :operator, :admin"),
        (
            f"{STRONG}:viewer,short:admin",
            "has a token that has not 24 to 512 characters; make one with: openssl rand -hex 32",
        ),
    ],
)
def test_a_bad_list_of_tokens_is_named(text, fault):
    assert problems(AUTH_API_KEYS=text) == [f"AUTH_API_KEYS {fault}"]


def test_the_token_of_the_command_line_may_be_one_of_the_servers():
    assert read(ON | {"AUTH_ADMIN_TOKEN": STRONG, "MULTIJOB_TOKEN": STRONG}).token == STRONG


def test_tokens_without_a_word_about_sign_in_stop_the_start():
    with pytest.raises(SettingsInvalid, match="AUTH_ADMIN_TOKEN is set, but AUTH_ENABLED is not; set it to true"):
        read({"AUTH_ADMIN_TOKEN": STRONG})
    assert read({"AUTH_ADMIN_TOKEN": STRONG, "AUTH_ENABLED": "false"}).auth_enabled is False


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "ops.example.com"])
def test_with_sign_in_any_address_may_be_listened_on(host):
    assert read(ON | {"HOST": host}).host == host


@pytest.mark.parametrize(
    "key", ["changeme-changeme", "secret-key-secret-key", "aaaaaaaaaaaaaaaaaaaa", "0123456789abcdef"]
)
def test_a_weak_key_of_sessions_stops_the_start(key):
    (problem,) = problems(SECRET_KEY=key)

    assert problem.startswith("SECRET_KEY is") and key not in problem


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0.0.0.0/0", "trusts every address; name the networks of the proxies, such as 10.0.0.0/8"),
        ("10.0.0.7,::/0", "trusts every address; name the networks of the proxies, such as 10.0.0.0/8"),
        ("proxy.example.com", "is not an address, or a network such as 10.0.0.0/8"),
    ],
)
def test_proxies_are_addresses_and_never_all(text, fault):
    assert problems(TRUSTED_PROXIES=text) == [f"TRUSTED_PROXIES='{text}' {fault}"]


@pytest.mark.parametrize("text", ["ops.example.com", "https://ops.example.com/ui?x=1", "ftp://x"])
def test_the_public_address_is_an_origin_with_or_without_a_path(text):
    (problem,) = problems(PUBLIC_URL=text)

    assert problem.startswith(f"PUBLIC_URL='{text}' ")


def test_a_password_in_the_public_address_is_refused_and_not_printed():
    (problem,) = problems(PUBLIC_URL="https://u:word@ops.example.com")

    assert problem == "PUBLIC_URL is not an origin such as https://ops.example.com"
