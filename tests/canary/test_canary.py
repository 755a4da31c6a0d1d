"""A canary in every secret, everything driven, everything searched: none is found. And the search can find."""

import json
import secrets
from pathlib import Path

import pytest

from tests.canary.planting import everything, files
from tests.canary.stage import REFERENCE, Stage, staged
from tests.connector import bot_api
from tests.handlers import server

KEYS_BY_DESIGN = {"encryption.key", "secret.key"}
MUTANT = """
import runners.engine.redactor as module
module.Redactor.text = lambda self, text: text
module.Redactor.inner = lambda self, text: text
module.Redactor.value = lambda self, value: value
"""


@pytest.fixture
def api():
    """The Bot API, which only the right token may use."""
    with bot_api.running() as running:
        yield running


@pytest.fixture
def site():
    """A service that gives back what it is sent."""
    with server.running() as running:
        yield running


def plant(stage: Stage, site: server.Site) -> None:
    """Put a canary into every secret field that people fill."""
    canaries = stage.canaries
    secret = canaries.plant("account secret")
    config = {
        "job_types": ["leak.apart", "leak.inside", "command.run"],
        "inner": [{"password": canaries.plant("account config")}],
        "mirror": f"https://user:{canaries.plant('url in a config')}@example.com",
    }
    headers = {"X-Api-Key": canaries.plant("account header")}
    fields = {"base_url": site.url(), "secrets": {"api_key": secret}, "config": config | {"headers": headers}}
    stage.must("PUT", "/integrations/accounts/crm/main", fields)
    stage.must("PUT", "/integrations/accounts/openai/main", {"secrets": {"api_key": canaries.plant("other account")}})
    stage.must("PUT", "/integrations/accounts/openai/main", {"secrets": {"api_key": canaries.plant("changed secret")}})
    stage.must("POST", "/people", {"name": "ada", "role": "viewer", "password": canaries.plant("password")})
    mcp = {"transport": "http", "url": site.url("/mcp"), "headers": {"Authorization": canaries.plant("MCP header")}}
    stage.must("PUT", "/integrations/mcp/servers/web", mcp)
    env, command = {"API_TOKEN": canaries.plant("MCP env")}, stage.env["AGENT_COMMAND_ALLOW_PREFIXES"]
    stage.must("PUT", "/integrations/mcp/servers/program", {"transport": "stdio", "command": command, "env": env})
    hook = {"url": site.url("/hook"), "secret": canaries.plant("webhook-secret")}
    mail = {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@b.example"]}, "repeat_sec": 0}
    stage.must("PUT", "/notifications/rules/mail", mail)
    rule = {"events": ["run.failed"], "channel": "webhook", "webhook": hook, "repeat_sec": 0}
    stage.must("PUT", "/notifications/rules/failures", rule)
    bot = canaries.plant("Telegram account", f"77{secrets.randbelow(10**8)}:{secrets.token_urlsafe(24)}")
    stage.must("PUT", "/connector/telegram/accounts/sales", {"token": bot})
    slack = {name: canaries.plant(f"Slack {name}", secrets.token_urlsafe(32)) for name in ("signing_secret", "token")}
    stage.must("PUT", "/connector/slack/accounts/ops", slack)
    made = stage.must("POST", "/tokens", {"name": "ci", "role": "viewer"})  # told this once, and nowhere after it
    canaries.plant("named token", made["token"])
    assert stage.ask("GET", "/jobs", "named token").status_code == 200
    refused = {"secrets": {"api_key": [secret]}, "config": {"token": secret, "x": "y" * 70_000}, "shedule": 1}
    assert stage.ask("PUT", "/integrations/accounts/crm/main", "ADMIN", refused).status_code == 422
    assert stage.ask("PUT", "/integrations/accounts/crm/main", "VIEWER", fields).status_code == 403


def use(stage: Stage, site: server.Site) -> list[str]:
    """Run every kind of job that gets a secret and try to let it out; return the ids of the runs."""
    secret = stage.canaries.planted["account secret"]
    site.pages["/echo"] = (200, {"ETag": secret, "Content-Type": "text/plain"}, f"you said {secret}".encode())
    site.pages["/refuse"] = (500, {"Location": f"/x?{secret}"}, secret.encode())
    site.pages["/"] = (401, {}, secret.encode())
    runs = [
        stage.run(f"{type}-{end}", f"leak.{type}", {"secret": REFERENCE, "end": end}, retries=1)
        for type in ("apart", "inside")
        for end in ("well", "failed", "raised", "refused", "huge")
    ]
    program = stage.env["AGENT_COMMAND_ALLOW_PREFIXES"]
    runs.append(stage.run("command", "command.run", {"argv": [program], "stdin": f"{REFERENCE}\n"}))
    asked = {"url": site.url("/echo"), "method": "POST", "headers": {"Authorization": f"Bearer {REFERENCE}"}}
    runs.append(stage.run("http", "http.request", asked | {"body": [REFERENCE]}))
    runs.append(stage.run("http-refused", "http.request", asked | {"url": site.url(f"/refuse?key={REFERENCE}")}))
    stage.run("http-elsewhere", "http.request", {"url": "https://example.com/", "body": REFERENCE})
    stage.run("unknown", "http.request", {"url": site.url(), "body": "{{secret:crm/main/nothing}}"})
    assert [run["status"] for run in runs].count("success") == 5
    assert any(secret in seen.headers.get("Authorization", "") for seen in site.seen)
    stage.ask("POST", "/integrations/accounts/crm/main/test")
    return [run["run_id"] for run in runs]


def search_what_is_left(stage: Stage) -> None:
    """Search the whole store, key by key."""
    client = stage.server.client()
    client.execute_command("AUTH", stage.canaries.planted["REDIS_PASSWORD"])
    client.connection_pool.connection_kwargs["password"] = stage.canaries.planted["REDIS_PASSWORD"]
    for key, text in everything(client):
        stage.canaries.search(f"the store at {key}", text)


@pytest.mark.slow
def test_no_secret_is_found_anywhere(tmp_path: Path, api: bot_api.BotApi, site: server.Site) -> None:
    with staged(tmp_path, api, site) as stage:
        plant(stage, site)
        api.say("/status")
        runs = use(stage, site)
        api.say(f"/why {runs[0]}")
        arguments = {
            "job_id": "apart-well",
            "run_id": runs[0],
            "provider": "crm",
            "account_id": "main",
            "agent_id": "none",
            "server_id": "web",
            "rule_id": "failures",
        }
        stage.every_route(arguments, ("get",))
        opened = stage.every_page()
        search_what_is_left(stage)
        stage.every_route(arguments, ("put", "post", "delete"))
        search_what_is_left(stage)
        assert len(api.texts) >= 2
        for text in api.texts:
            stage.canaries.search("chat", text)
    for where, content in files(tmp_path, but=KEYS_BY_DESIGN):
        stage.canaries.search(where, content)

    counts = {"secrets": len(stage.canaries.planted), "requests": stage.asked, "pages": opened}
    print(f"\n{json.dumps(counts | {'texts searched': stage.canaries.searched})}")
    assert stage.canaries.found == set()
    assert (opened > 30, stage.asked > 300, len(stage.canaries.planted) >= 16) == (True, True, True)
    assert any(name.endswith(".aof") for name, _ in files(tmp_path))


@pytest.mark.slow
def test_the_search_finds_what_a_worker_without_a_redactor_lets_out(
    tmp_path: Path, api: bot_api.BotApi, site: server.Site
) -> None:
    mutant = tmp_path / "mutant"
    mutant.mkdir()
    (mutant / "sitecustomize.py").write_text(MUTANT)
    path = f"{mutant}:{tmp_path / 'distribution'}:{Path(__file__).parents[2]}"
    with staged(tmp_path, api, site, PYTHONPATH=path) as stage:
        plant(stage, site)
        stage.run("apart", "leak.apart", {"secret": REFERENCE, "end": "raised"})
        stage.run("inside", "leak.inside", {"secret": REFERENCE})
        search_what_is_left(stage)
    for log in tmp_path.glob("*-worker.log"):
        log.unlink()  # what it let out on purpose is no find of the whole suite

    places = {found.partition(" in ")[2] for found in stage.canaries.found}
    assert {found.partition(" in ")[0] for found in stage.canaries.found} >= {"account secret", "REDIS_PASSWORD"}
    for kind in ("/logs as", "the store at mj:log:", "the store at mj:run:", "the store at mj:tracebacks:"):
        assert any(kind in place for place in places), (kind, places)
