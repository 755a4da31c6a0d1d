"""Guessing tokens is made slow without locking out their holders, and no token may ask for everything at once."""

from datetime import timedelta

import pytest

from runners.engine.errors import TooMany
from tests.access.conftest import bearer, of_environment
from webapp import create_app, token_limits
from webapp.token_limits import RequestLimit


@pytest.fixture
def long_window(monkeypatch):
    """However slow this machine is, a window does not end in the middle of a test."""
    monkeypatch.setattr(token_limits, "WINDOW", timedelta(hours=1))


@pytest.mark.usefixtures("long_window")
def test_many_wrong_tokens_from_one_place_are_waited_out_and_who_was_right_before_goes_on(client, app):
    here, elsewhere = {"REMOTE_ADDR": "198.51.100.7"}, {"REMOTE_ADDR": "198.51.100.8"}
    right = of_environment("viewer")
    assert client.get("/jobs", headers=right, environ_overrides=here).status_code == 200

    codes = [client.get("/jobs", headers=bearer(f"wrong{n}"), environ_overrides=here).status_code for n in range(25)]

    assert codes == [401] * token_limits.WRONG_PER_WINDOW + [429] * (25 - token_limits.WRONG_PER_WINDOW)
    refused = client.get("/jobs", headers=of_environment("admin"), environ_overrides=here)
    assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert client.get("/jobs", headers=right, environ_overrides=here).status_code == 200
    assert client.get("/jobs", headers=of_environment("admin"), environ_overrides=elsewhere).status_code == 200


@pytest.mark.usefixtures("long_window")
def test_wrong_tokens_are_counted_in_all_processes_together(client, guarded):
    other = create_app(guarded).test_client()
    place = {"REMOTE_ADDR": "2001:db8:1:2::7"}

    for number in range(token_limits.WRONG_PER_WINDOW):
        client.get("/jobs", headers=bearer(f"wrong{number}"), environ_overrides=place)

    neighbour = {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}
    assert other.get("/jobs", headers=bearer("wrong"), environ_overrides=neighbour).status_code == 429


def test_a_token_may_ask_only_so_often(configured):
    client = configured(API_LIMIT_PER_MIN="1")

    first = client.get("/queue", headers=of_environment("viewer"))
    refused = client.get("/queue", headers=of_environment("viewer"))

    assert (first.status_code, refused.status_code) == (200, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.get("/queue", headers=of_environment("admin")).status_code == 200


@pytest.mark.parametrize(("per_minute", "at_once", "per_second"), [(600, 100, 10), (60, 10, 1), (6000, 1000, 100)])
def test_what_a_token_may_ask_for_is_even_with_some_at_once(monkeypatch, per_minute, at_once, per_second):
    now = 100 * 10**9
    monkeypatch.setattr(token_limits.time, "monotonic_ns", lambda: now)
    limit = RequestLimit(per_minute)

    assert taken(limit) == at_once
    now += 10**9
    assert taken(limit) == per_second


def taken(limit):
    """Return how many requests are taken now."""
    for number in range(10_000):
        try:
            limit.count("ci")
        except TooMany:
            return number
    return None
