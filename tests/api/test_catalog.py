"""The catalog over the API: what it offers, and adding of it in one step."""

import json

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform

PATH = "/integrations/catalog/bootstrap"


def names(rows) -> list[str]:
    return [row["name"] for row in rows]


def catalog(client: FlaskClient, query: str = "") -> list[dict]:
    return client.get(f"/integrations/catalog{query}").json


def test_the_catalog_lists_every_template_with_what_it_needs(client: FlaskClient) -> None:
    rows = {row["id"]: row for row in catalog(client)}

    assert len(rows) == 46
    assert rows["openai"]["base_url"] == "https://api.openai.com/v1"
    assert rows["openai"]["fields"] == [{"name": "api_key", "secret": True, "required": True, "prefix": ""}]
    assert set(rows["openai"]["description"]) == {"en", "id"}
    assert (rows["mcp_github"]["transport"], rows["mcp_github"]["command"]) == ("stdio", "docker")
    assert (rows["mcp_serpapi"]["transport"], rows["mcp_serpapi"]["url"]) == ("http", "https://mcp.serpapi.com/mcp")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?kind=account", 32),
        ("?kind=mcp", 14),
        ("?transport=stdio", 7),
        ("?kind=mcp&transport=http", 7),
        ("?search=shopee", 2),
        ("?search=.*", 0),
    ],
)
def test_the_catalog_is_filtered_and_searched(client: FlaskClient, query, count) -> None:
    assert len(catalog(client, query)) == count


def test_exactly_what_is_named_is_added(client: FlaskClient) -> None:
    done = client.post(PATH, json={"provider_ids": ["openai"], "mcp_template_ids": ["mcp_github", "mcp_serpapi"]}).json

    assert names(done["created"]) == ["openai/default", "mcp_github", "mcp_serpapi"]
    assert (done["skipped"], done["overwritten"]) == ([], [])
    assert [row["provider"] for row in client.get("/integrations/accounts").json] == ["openai"]
    assert [row["server_id"] for row in client.get("/integrations/mcp/servers").json] == ["mcp_github", "mcp_serpapi"]
    assert {row["id"]: row["existing"] for row in catalog(client, "?search=openai")}["openai"] == ["default"]


@pytest.mark.parametrize(
    ("sent", "accounts", "servers"),
    [
        ({}, 32, 14),
        ({"provider_ids": []}, 0, 14),
        ({"mcp_template_ids": []}, 32, 0),
        ({"provider_ids": None, "mcp_template_ids": []}, 32, 0),
    ],
)
def test_an_absent_list_means_all_and_an_empty_one_none(client: FlaskClient, sent, accounts, servers) -> None:
    done = client.post(PATH, json=sent).json

    kinds = [row["kind"] for row in done["created"]]
    assert (kinds.count("account"), kinds.count("mcp")) == (accounts, servers)


def test_one_unknown_id_keeps_back_all_others(client: FlaskClient) -> None:
    answer = client.post(PATH, json={"provider_ids": ["openai", "opnai"], "mcp_template_ids": []})

    assert answer.status_code == 422
    assert "the catalog has no 'opnai'; did you mean 'openai'?" in answer.text
    assert client.get("/integrations/accounts").json == []


def test_what_exists_is_skipped_and_overwriting_touches_no_secret(client: FlaskClient, platform: Platform) -> None:
    account, server = "/integrations/accounts/openai/default", "/integrations/mcp/servers/mcp_serpapi"
    client.put(
        account, json={"base_url": "https://proxy.example.com", "secrets": {"api_key": "k" * 20}, "enabled": False}
    )
    client.put(
        server, json={"transport": "http", "url": "https://old.example.com", "headers": {"Authorization": "t" * 20}}
    )
    sent = {"provider_ids": ["openai"], "mcp_template_ids": ["mcp_serpapi"]}

    skipped = client.post(PATH, json=sent).json
    assert (names(skipped["skipped"]), skipped["created"]) == (["openai/default", "mcp_serpapi"], [])
    assert client.get(account).json["base_url"] == "https://proxy.example.com"

    sealed = [json.loads(platform.store.redis.hget(platform.store.keys.record(*key), "json"))["sealed"] for key in KEYS]
    done = client.post(PATH, json=sent | {"overwrite": True}).json
    assert names(done["overwritten"]) == ["openai/default", "mcp_serpapi"]
    row, mcp = client.get(account).json, client.get(server).json
    assert (row["base_url"], row["secrets"], row["enabled"]) == (
        "https://api.openai.com/v1",
        {"api_key": "****kkkk"},
        False,
    )
    assert (mcp["url"], mcp["headers"]) == ("https://mcp.serpapi.com/mcp", {"Authorization": "****tttt"})
    after = [json.loads(platform.store.redis.hget(platform.store.keys.record(*key), "json"))["sealed"] for key in KEYS]
    assert after == sealed


KEYS = (("account", "openai/default"), ("mcp", "mcp_serpapi"))


def test_adding_is_one_event_and_one_audit_entry_with_its_items(client: FlaskClient, platform: Platform) -> None:
    client.post(PATH, json={"provider_ids": ["openai", "groq"], "mcp_template_ids": []})
    client.post(PATH, json={"provider_ids": ["openai", "groq"], "mcp_template_ids": []})

    (event,) = client.get("/events?event_type=integration.*").json
    assert event["type"] == "integration.catalog_bootstrap"
    assert event["data"] == {
        "actor": "local",
        "created": ["openai/default", "groq/default"],
        "overwritten": [],
        "skipped": 0,
    }
    (row,) = platform.store.redis.zrange(platform.store.keys.audit, 0, -1)
    entry = json.loads(row.split("|", 4)[4])
    assert [item["object"] for item in entry["items"]] == ["account:openai/default", "account:groq/default"]
