"""Guessing tokens is made slow without locking out their holders, and no token may ask for everything at once."""

import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
import redis

from runners.engine.errors import TooMany
from tests.access.conftest import AUTH, bearer, of_environment
from tests.api.live import serving
from tests.clocks import MovingClock
from tests.planted import SECRET_KEY
from tests.round_trips import counted
from webapp import create_app, request_limit, token_limits
from webapp.request_limit import RequestLimit


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
def test_what_a_token_may_ask_for_is_even_with_some_at_once(clocked, clock, here, per_minute, at_once, per_second):
    limit = RequestLimit(per_minute)

    assert taken(clocked.store, limit) == at_once
    clock.advance(seconds=1)
    here.advance(seconds=1)
    assert taken(clocked.store, limit) == per_second


def test_requests_are_counted_in_all_processes_together(clocked, clock, here):
    one, other = RequestLimit(6000), RequestLimit(6000)

    for _ in range(300):
        one.count(clocked.store, "ci")
        other.count(clocked.store, "ci")
    assert taken(clocked.store, one) + taken(clocked.store, other) == 400
    clock.advance(seconds=1)
    here.advance(seconds=1)
    assert taken(clocked.store, other) + taken(clocked.store, one) == 100


def test_one_request_in_ten_asks_the_store_and_none_of_one_that_waits(clocked, here):
    limit = RequestLimit(6000)

    with counted(clocked) as trips:
        assert taken(clocked.store, limit) == 1000
        with suppress(TooMany):
            limit.count(clocked.store, "ci")

    assert trips.number <= 103  # a server that does not know the script yet costs one more


def test_a_share_that_nobody_uses_is_void(clocked, clock, here):
    limit = RequestLimit(6000)
    limit.count(clocked.store, "ci")

    clock.advance(hours=1)
    here.advance(hours=1)

    assert taken(clocked.store, limit) == 1000


def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_long(clocked, clock, here):
    limit = RequestLimit(6000)
    assert taken(clocked.store, limit) == 1000

    clock.advance(hours=-1)
    here.advance(seconds=1)
    with pytest.raises(TooMany) as refused:
        limit.count(clocked.store, "ci")

    assert refused.value.retry_after_sec == 1


def test_while_the_store_cannot_count_each_process_counts_for_itself(here):
    limit = RequestLimit(600)
    nowhere = SimpleNamespace(redis=SimpleNamespace(evalsha=lose), keys=SimpleNamespace(prefix="mj:"))
    nowhere.clock_ms_arg, nowhere.mode = lambda: "", SimpleNamespace(name="streams")

    assert taken(nowhere, limit) == 100
    here.advance(seconds=1)
    assert taken(nowhere, limit) == 10


@pytest.mark.slow
def test_two_real_processes_let_through_what_one_may(redis_server, tmp_path):
    settled = AUTH | {"SECRET_KEY": SECRET_KEY, "API_LIMIT_PER_MIN": "60", "KEY_PREFIX": "limited:"}
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    url = redis_server.emptied().url

    with serving(url, folders[0], **settled) as one, serving(url, folders[1], **settled) as other:
        began = time.monotonic()
        answers = [
            httpx.get(f"{live.url}/auth/me", headers=of_environment("viewer"))
            for _ in range(20)
            for live in (one, other)
        ]
        passed = time.monotonic() - began

    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) == {200, 429}
    assert 10 <= codes[200] <= 11 + passed
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status_code == 429)


@pytest.fixture
def here(monkeypatch):
    """The clock of this process."""
    clock = MovingClock()
    monkeypatch.setattr(request_limit.time, "monotonic", lambda: clock().timestamp())
    return clock


def lose(*_):
    raise redis.ConnectionError("nobody answers")


def taken(store, limit):
    """Return how many requests are taken now."""
    for number in range(10_000):
        try:
            limit.count(store, "ci")
        except TooMany:
            return number
    return None
