"""MCP servers over the API: what is named changes, secrets only go in, and programs come from the configuration alone."""

import base64
import json
import sys
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from runners.engine.integrations.mcp_trial import Trial, TrialOutcome
from runners.engine.integrations.templates import StdioTemplate, mcp_templates
from runners.engine.platform import Platform
from tests.integrations import mcp_program
from webapp import create_app

CANARY = "canary-77aa-0123456789"
PATH = "/integrations/mcp/servers/shop"
STDIO = {"transport": "stdio", "command": sys.executable, "args": [mcp_program.__file__, "polite"]}
HTTP = {"transport": "http", "url": "https://mcp.example.com/mcp"}
GITHUB = mcp_templates()["mcp_github"]


@pytest.fixture
def allowing(platform: Platform) -> FlaskClient:
    """A client of a server whose configuration lets the tests' program run, with a token of the shop."""
    settings = replace(
        platform.settings,
        command_allow_prefixes=((sys.executable, mcp_program.__file__),),
        command_allow_env=("SHOP_TOKEN", "SEEN"),
    )
    return create_app(replace(platform, settings=settings)).test_client()


def put(client: FlaskClient, path: str = PATH, /, status: int = 200, headers=None, **fields):
    answer = client.put(path, json=fields, headers=headers or {})
    assert answer.status_code == status, answer.data
    return answer


def faults(answer) -> dict[str, str]:
    return {".".join(map(str, error["loc"])): error["msg"] for error in answer.json["errors"]}


def test_a_server_behind_an_address_is_made_with_its_secrets_out_of_sight(client: FlaskClient) -> None:
    sent = HTTP | {"headers": {"Authorization": f"Bearer {CANARY}", "X-Shop": "12"}, "label": "Shop"}
    made = client.put(PATH, json=sent)

    row = client.get(PATH).json
    assert (made.status_code, made.headers["Location"]) == (201, PATH)
    assert made.json == row | {"status": "created"}
    assert row["headers"] == {"Authorization": "****6789", "X-Shop": "12"}
    assert (row["has_secret"], row["enabled"], row["timeout_sec"], row["tested"]) == (True, True, 20, None)
    assert (row["transport"], row["url"], row["command"], row["args"], row["env"]) == (
        "http",
        HTTP["url"],
        None,
        [],
        {},
    )
    assert [found["server_id"] for found in client.get("/integrations/mcp/servers").json] == ["shop"]


def test_the_store_the_events_and_the_audit_hold_no_secret(client: FlaskClient, platform: Platform) -> None:
    client.put(PATH, json=HTTP | {"headers": {"Authorization": CANARY}})

    store, keys = platform.store.redis, platform.store.keys
    (event,) = client.get("/events?event_type=integration.*").json
    audit = "".join(store.zrange(keys.audit, 0, -1))
    assert CANARY not in json.dumps(store.hgetall(keys.record("mcp", "shop"))) + json.dumps(event) + audit
    assert event["type"] == "integration.mcp_server_upserted"
    assert event["data"] == {"server_id": "shop", "actor": "local", "fields": ["headers", "transport", "url"]}
    assert "save_mcp_server" in audit


def test_only_what_is_named_changes_and_a_mask_sent_back_changes_nothing(
    client: FlaskClient, platform: Platform
) -> None:
    client.put(PATH, json=HTTP | {"headers": {"Authorization": CANARY, "X-Shop": "12"}, "timeout_sec": 5})
    before = json.loads(platform.store.redis.hget(platform.store.keys.record("mcp", "shop"), "json"))

    assert (
        client.put(PATH, json={name: client.get(PATH).json[name] for name in ("url", "headers")}).json["status"]
        == "unchanged"
    )
    client.put(PATH, json={"label": "New", "headers": {"X-Shop": None}})

    row = client.get(PATH).json
    assert (row["label"], row["timeout_sec"], row["headers"], row["version"]) == (
        "New",
        5,
        {"Authorization": "****6789"},
        2,
    )
    after = json.loads(platform.store.redis.hget(platform.store.keys.record("mcp", "shop"), "json"))
    assert after["sealed"] == before["sealed"]


def test_null_clears(client: FlaskClient) -> None:
    client.put(PATH, json=HTTP | {"headers": {"Authorization": CANARY}, "timeout_sec": 5, "label": "Shop"})

    client.put(PATH, json={"headers": None, "timeout_sec": None, "label": None, "enabled": None})

    row = client.get(PATH).json
    assert (row["headers"], row["has_secret"], row["timeout_sec"], row["label"], row["enabled"]) == (
        {},
        False,
        20,
        "",
        True,
    )


def test_a_change_can_be_bound_to_the_version_that_was_read(client: FlaskClient) -> None:
    client.put(PATH, json=HTTP)
    tag = client.get(PATH).headers["ETag"]
    assert client.get(PATH, headers={"If-None-Match": tag}).status_code == 304

    put(client, headers={"If-Match": tag}, label="One")
    put(client, status=412, headers={"If-Match": tag}, label="Two")
    put(client, status=412, headers={"If-None-Match": "*"}, label="Two")
    put(client, PATH + "x", status=412, headers={"If-Match": "*"}, label="Two")
    assert client.delete(PATH, headers={"If-Match": tag}).status_code == 412
    assert client.get(PATH).json["label"] == "One"


def test_a_server_goes_with_its_secrets_and_its_versions_go_on(client: FlaskClient, platform: Platform) -> None:
    client.put(PATH, json=HTTP)

    assert client.delete(PATH).json == {"server_id": "shop", "status": "deleted"}

    assert (client.get(PATH).status_code, client.delete(PATH).status_code) == (404, 404)
    assert not platform.store.redis.exists(platform.store.keys.record("mcp", "shop"))
    assert client.get("/events?event_type=integration.mcp_server_deleted").json[0]["data"]["server_id"] == "shop"
    assert client.put(PATH, json=HTTP).json["version"] == 2


def test_everything_that_is_wrong_is_named_and_no_secret_is_quoted(client: FlaskClient) -> None:
    sent = {
        "transport": "stdio",
        "command": "tool",
        "args": [f"postgres://me:{CANARY}@db/shop"],
        "env": {"2BAD": "x", "GOOD": [CANARY], "NUL": f"\0{CANARY}"},
        "headers": {"A B": CANARY, "Host": "x", "X-A": f"{CANARY}\r\nX-B: 1"},
        "url": f"https://example.com/?api_key={CANARY}",
        "timeout_sec": 0,
        "shedule": 1,
    }
    answer = client.put(PATH, json=sent)

    assert CANARY not in answer.text
    assert set(faults(answer)) == {
        *("env.'2BAD'", "env.GOOD", "env.'NUL'", "headers.'A B'", "headers.'Host'", "headers.'X-A'"),
        *("args.0", "url", "timeout_sec", "shedule"),
    }
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("sent", "loc", "words"),
    [
        ({}, "transport", "transport is required: stdio or http"),
        ({"transport": "http"}, "url", "url is required for transport http"),
        ({"transport": "stdio"}, "command", "command is required for transport stdio"),
        (HTTP | {"command": "x"}, "command", "command means nothing for transport http; clear it with null"),
        (HTTP | {"url": "ftp://example.com"}, "url", "scheme 'ftp' is not http or https"),
        (HTTP | {"url": "https://me:pw@example.com"}, "url", "send them in a header"),
        (HTTP | {"transport": "sse"}, "transport", "transport 'sse' is not one of"),
    ],
)
def test_a_server_is_whole_or_it_is_refused(client: FlaskClient, sent, loc, words) -> None:
    assert words in faults(client.put(PATH, json=sent))[loc]


def test_a_program_that_the_configuration_does_not_allow_is_not_kept(client: FlaskClient) -> None:
    answer = client.put(PATH, json={"transport": "stdio", "command": "/bin/sh", "args": ["-c", "id"]})

    assert faults(answer) == {
        "command": "no program may run here: set AGENT_COMMAND_ALLOW_PREFIXES on the server to the commands to allow"
    }


def test_what_a_program_is_given_comes_from_the_configuration_too(allowing: FlaskClient) -> None:
    ways_in = {"LD_PRELOAD": "/tmp/x.so", "PYTHONPATH": "/tmp", "npm_config_registry": "http://x", "PATH": "/tmp"}

    answer = allowing.put(PATH, json=STDIO | {"env": {**ways_in, "SHOP_TOKEN": CANARY, "DSN": CANARY}, "cwd": "/etc"})

    found = faults(answer)
    assert found["env"].startswith("env: LD_PRELOAD, PATH, PYTHONPATH, npm_config_registry: no template names it")
    assert found["cwd"] == "cwd '/etc' is not within AGENT_COMMAND_ALLOWED_ROOTS"


def test_a_template_can_be_kept_before_it_is_allowed_and_says_why_it_does_not_run(client: FlaskClient) -> None:
    assert isinstance(GITHUB, StdioTemplate)
    sent = {"transport": "stdio", "command": GITHUB.command, "args": list(GITHUB.args)}

    row = client.put("/integrations/mcp/servers/mcp_github", json=sent).json

    assert "AGENT_COMMAND_ALLOW_PREFIXES" in row["refusal"]
    tried = client.post("/integrations/mcp/servers/mcp_github/test").json
    assert (tried["outcome"], tried["detail"]) == ("refused", row["refusal"])
    assert client.put(PATH, json=sent).status_code == 422  # under another name it is free input


def test_a_try_tells_no_secret_however_the_server_spells_it(client: FlaskClient, monkeypatch) -> None:
    sent = f"Bearer {CANARY}"
    told = base64.b64encode(f"{sent}!".encode()).decode()
    trial = Trial(TrialOutcome.OK, f"hello {told}", tools=(("find", f"it got {told}"),), server=f"shop {sent}")

    def run_trial(asked, folder):
        folder.close()
        return trial

    monkeypatch.setattr("runners.engine.operations.mcp_servers.run_trial", run_trial)
    client.put(PATH, json=HTTP | {"headers": {"Authorization": sent}})

    tried = client.post(f"{PATH}/test").json

    assert (tried["outcome"], tried["server"]) == ("ok", "shop ****")
    assert (
        told[:-4] not in json.dumps(tried) and "****" in tried["detail"] and "****" in tried["tools"][0]["description"]
    )


@pytest.mark.slow
def test_an_address_that_the_gate_refuses_is_told_by_the_try(client: FlaskClient) -> None:
    client.put(PATH, json=HTTP | {"url": "http://127.0.0.1:9/mcp"})

    tried = client.post(f"{PATH}/test").json

    assert tried["outcome"] == "refused"
    assert "HTTP_ALLOW_PRIVATE can allow it" in tried["detail"]
    assert client.get(PATH).json["tested"] == tried


@pytest.mark.slow
def test_a_try_lists_the_tools_and_is_kept_until_the_next_change(allowing: FlaskClient, platform: Platform) -> None:
    allowing.put(PATH, json=STDIO | {"env": {"SHOP_TOKEN": CANARY}, "timeout_sec": 60})

    tried = allowing.post(f"{PATH}/test").json

    assert (tried["outcome"], tried["server"], tried["more_tools"]) == ("ok", "shop 1.2.3", 0)
    assert tried["tools"][0] == {"name": "find_product", "description": "Find a product; ****"}
    assert tried["elapsed_ms"] > 0
    assert allowing.get(PATH).json["tested"] == tried
    assert CANARY not in json.dumps(platform.store.redis.hgetall(platform.store.keys.record("mcp", "shop")))
    assert "test_mcp_server" in platform.store.redis.zrange(platform.store.keys.audit, -1, -1)[0]
    assert allowing.put(PATH, json={"label": "New"}).json["tested"] is None


@pytest.mark.slow
def test_without_the_sdk_a_try_says_how_to_install_it(allowing: FlaskClient, monkeypatch, tmp_path) -> None:
    from runners.engine.integrations import mcp_trial

    script = tmp_path / "probe.py"
    text = mcp_trial.PROBE.read_text().replace("Path(__file__).parents[2]", repr(str(mcp_trial.PROBE.parents[2])))
    script.write_text(text.replace("import sys\n", "import sys\n\nsys.modules['mcp'] = None\n", 1))
    monkeypatch.setattr(mcp_trial, "PROBE", script)
    allowing.put(PATH, json=STDIO)

    tried = allowing.post(f"{PATH}/test").json

    assert tried["outcome"] == "not_installed"
    assert "pip install '.[mcp]'" in tried["detail"]
