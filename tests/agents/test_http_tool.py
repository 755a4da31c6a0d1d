"""Requests of an agent go to its account's own address, with credentials that the model never sees."""

from __future__ import annotations

import json

import httpx
import pytest

from runners.agents.tools.http import BODY_TOLD, observed
from runners.agents.tools.paths import plain_path
from runners.engine.known_secrets import KNOWN, hidden
from tests.models.speaking import asked, call, finish, plan, play, told

SECRET = "canary-of-the-shop-0123456789"


@pytest.fixture
def account(client, site):
    """Keep an account of a service that the catalog does not know, at the test's own server."""

    def keep(name="main", **fields):
        body = {"base_url": site.url("/api"), "secrets": {"token": SECRET}} | fields
        answer = client.put(f"/integrations/accounts/shop/{name}", json=body)
        assert answer.status_code in (200, 201), answer.json
        return f"shop/{name}"

    return keep


def requests(site):
    """Return what arrived at the service."""
    return [seen for seen in site.seen if seen.path.startswith(("/api", "/elsewhere"))]


def headers(seen):
    return {name.lower(): value for name, value in seen.headers.items()}


def test_an_account_adds_its_credentials_and_the_model_sees_the_answer_and_no_secret(client, save, work, site, account):
    name = account()
    save(allow_tools=[f"http:{name}"])
    site.pages["/api/orders?open=yes"] = (
        200,
        {"Content-Type": "application/json"},
        f'{{"token": "{SECRET}"}}'.encode(),
    )
    play(site, plan("http"), call("http", account=name, path="/orders", query={"open": "yes"}), finish())

    run = work()

    (seen,) = requests(site)
    assert run["status"] == "success" and headers(seen)["authorization"] == f"Bearer {SECRET}"
    last = told(asked(site)[-1]["messages"])[1]
    assert last["outcome"] == "done" and json.loads(last["data"])["status"] == 200
    steps = client.get(f"/runs/{run['run_id']}/steps").json
    assert steps[1]["what"] == f"GET /orders?open=yes of {name}" and steps[1]["preview"].startswith("200 ")
    everything = json.dumps([asked(site), steps, client.get(f"/runs/{run['run_id']}/logs").text, run])
    assert SECRET not in everything


@pytest.mark.parametrize(
    "path",
    [
        *(
            "orders",
            "//evil.example/",
            "/\\evil.example",
            "/..//x",
            "/../admin",
            "/a/../../b",
            "/%2e%2e/b",
            "/%252e%252e/b",
        ),
        *("/a;/../b", "/a?x=1", "/a#b", "/a%3Fb", "/a\nHost: evil.example", "/.", "/%5cevil", "/%2525252e%2525252e/x"),
        *("http://evil.example/", "@evil.example/", "/a\x00b"),
    ],
)
def test_a_path_that_leads_elsewhere_is_no_path(path):
    with pytest.raises(ValueError, match="path "):
        plain_path(path)


@pytest.mark.parametrize(
    "path", ["/", "/orders/17", "/users/@me", "/a b", "/a%20b", "/v1.2/x..y", "/a:b", "/caf\xe9", "/a//b"]
)
def test_a_path_that_goes_down_is_one(path):
    assert plain_path(path) == path


def test_no_request_leaves_for_what_the_model_writes_in_the_place_of_a_path(save, work, site, account):
    name = account()
    save(allow_tools=[f"http:{name}"], limits={"repairs": 0})
    play(site, plan("http"), call("http", account=name, path="/%2e%2e/elsewhere"), finish())

    run = work()

    assert run["status"] == "failed" and requests(site) == []
    assert "path holds a step such as .." in run["result"]["error"]


def test_a_redirect_is_shown_and_not_followed(save, work, site, account):
    name = account()
    save(allow_tools=[f"http:{name}"])
    site.pages["/api/orders"] = (302, {"Location": site.url("/elsewhere")}, b"")
    play(site, plan("http"), call("http", account=name, path="/orders"), finish())

    work()

    assert [seen.path for seen in requests(site)] == ["/api/orders"]
    assert json.loads(told(asked(site)[-1]["messages"])[1]["data"])["redirects_to"] == site.url("/elsewhere")


def test_what_writes_carries_a_key_that_stays_and_a_failed_answer_can_be_repaired(save, work, site, account):
    name = account()
    save(allow_tools=[f"http:{name}"])
    site.pages["/api/order"] = (422, {}, b"no name")
    site.pages["/api/orders"] = (201, {}, b"made")
    play(
        site,
        plan("http"),
        call("http", account=name, method="POST", path="/order", body={"n": 1}),
        call("http", account=name, method="POST", path="/orders", body={"n": 1}),
        finish(),
    )

    run = work()

    first, second = requests(site)
    assert run["status"] == "success" and json.loads(second.body) == {"n": 1}
    assert headers(first)["idempotency-key"] == f"{run['run_id']}-2"
    assert headers(second)["idempotency-key"] == f"{run['run_id']}-3"
    assert told(asked(site)[-1]["messages"])[1] == {"outcome": "failed", "data": "it answered 422: no name"}


def test_an_account_that_the_job_does_not_name_is_not_asked_anything(save, work, site, account):
    account("other")
    save(require_approval_for_missing=False, limits={"repairs": 0})
    play(site, plan("http"), call("http", account="shop/other", path="/orders"), finish())

    run = work()

    assert run["status"] == "failed" and requests(site) == []


def test_what_an_account_sends_along_is_what_its_config_says(save, work, site, account):
    name = account(config={"headers": {"X-Api-Key": "canary-of-the-config-1", "X-Team": "blue"}}, secrets={})
    save(allow_tools=[f"http:{name}"])
    site.pages["/api/"] = (200, {}, b"hi")
    play(site, plan("http"), call("http", account=name, path="/"), finish())

    work()

    (seen,) = requests(site)
    assert headers(seen)["x-api-key"] == "canary-of-the-config-1" and headers(seen)["x-team"] == "blue"
    assert "authorization" not in headers(seen)


def test_a_secret_that_the_cut_of_an_answer_would_halve_is_hidden_whole():
    KNOWN.learn([SECRET])
    said = ("x" * (BODY_TOLD - 20) + SECRET).encode()
    echoing = httpx.MockTransport(lambda request: httpx.Response(200, content=iter([said])))

    with httpx.Client(transport=echoing) as client:
        seen = observed(client, httpx.Request("GET", "https://shop.example/echo"))

    assert SECRET[:10] not in hidden(seen.text) + hidden(seen.preview)
