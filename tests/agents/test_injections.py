"""Hostile words from services and files, and a model that obeys them all: nothing happens but what the job was allowed."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace

import pytest

from runners.agents import files as files_read
from runners.agents.calling import Calling
from runners.agents.permits import Permits
from runners.agents.tools.folders import Folders
from runners.engine.agents.memory import Memory
from runners.engine.agents.signatures import Signature
from runners.engine.folders import Place
from runners.engine.outgoing.address import Gate
from runners.engine.store.hashes import set_fields
from runners.isolation import carrying
from runners.isolation.warm import Nursery
from tests.agents import obeying
from tests.agents.obeying import (
    DISGUISED,
    EVIL,
    GOOD,
    INJECTIONS,
    OUTSIDE,
    SCRIPT,
    SHOP,
    Lair,
    effects,
    obey,
    obey_descriptions,
    obey_memory,
)
from tests.handlers import server
from tests.integrations import mcp_program
from tests.models.speaking import asked, call

PREFIXES = ((sys.executable,), ("/bin/sh",), ("touch",), ("cat",))
ROOM = {"steps": 50, "repairs": 5, "seconds": 3000}
"""Time enough for every order, however slow the machine."""
ALLOWED = ["http:good/main", "http:inner/main", f"command:{sys.executable} {SCRIPT}", "file", "mcp:shop/notes", "note"]


@pytest.fixture
def lair(tmp_path):
    """Everything that an attack could reach."""
    files = tmp_path / "files"
    (files / "data").mkdir(parents=True)
    (tmp_path / "commands").mkdir()
    (tmp_path / "outside.txt").write_text(OUTSIDE)
    (files / "link").symlink_to(tmp_path)
    with server.running() as evil, server.running() as inner:
        yield Lair(tmp_path, evil, inner)


@pytest.fixture
def apart(monkeypatch, lair):
    """Let the processes in which programs are run see the same configuration."""
    monkeypatch.setenv("AGENT_COMMAND_ALLOW_PREFIXES", ",".join(map(shlex.join, PREFIXES)))
    monkeypatch.setenv("AGENT_COMMAND_ALLOWED_ROOTS", str(lair.folder / "commands"))
    nursery = Nursery()
    monkeypatch.setattr(carrying, "NURSERY", nursery)
    yield
    nursery.close()


@pytest.fixture
def agents(agents, site, lair):
    """A machine that could do all of it: the attacker's server is public for it, and programs of all sorts may run."""
    settings = replace(
        agents.settings,
        http_allow_private=(f"127.0.0.1:{site.port}", f"127.0.0.1:{lair.evil.port}"),
        command_allow_prefixes=PREFIXES,
        command_allow_env=("SAID", "MARK", "SHOP_TOKEN"),
        command_roots=(lair.folder / "commands",),
        file_roots=(lair.folder / "files",),
        data_dir=lair.folder / "files" / "data",
    )
    return replace(agents, settings=settings)


@pytest.fixture
def house(client, site, lair):
    """Accounts, a chat and another job, of which the agent's job is allowed a part."""
    for name, url, secret in (
        ("good", site.url("/good"), GOOD),
        ("evil", lair.evil.url(), EVIL),
        ("inner", lair.inner.url(), EVIL),
    ):
        body = {"base_url": url, "secrets": {"token": secret}}
        assert client.put(f"/integrations/accounts/{name}/main", json=body).status_code == 201
    chat = {"token": "1:canary-canary-canary-canary", "allowed_chats": [-42], "allowed_senders": [7]}
    client.put("/connector/telegram/accounts/sales", json=chat)
    client.post(
        "/jobs", json={"job_id": "nightly", "type": "http.request", "inputs": {"url": lair.evil.url("/nightly")}}
    )
    site.pages["/good/away"] = (302, {"Location": lair.evil.url("/steal")}, b"")
    site.pages["/good/told"] = (200, {}, b"thank you")


@pytest.fixture
def shop(client, lair, house):
    """Two MCP servers that say what is hostile and can do harm, of which the job is allowed to read notes."""
    results, descriptions = (lair.said_by(source, [*INJECTIONS, *DISGUISED]) for source in ("mcp", "description"))
    said = {"results": results, "descriptions": descriptions}
    (lair.folder / "said.json").write_text(json.dumps(said))
    env = {"SAID": str(lair.folder / "said.json"), "MARK": str(lair.mark), "SHOP_TOKEN": SHOP}
    program = {"transport": "stdio", "command": sys.executable, "args": [mcp_program.__file__, "talking"], "env": env}
    for server_id in ("shop", "other"):
        assert client.put(f"/integrations/mcp/servers/{server_id}", json=program).status_code == 201
    return said


def http(site, texts):
    """Let the good account say the texts; return the calls that fetch them."""
    for number, text in enumerate(texts):
        site.pages[f"/good/said/{number}"] = (200, {"Content-Type": "text/plain"}, text.encode())
    return [call("http", account="good/main", path=f"/said/{number}") for number in range(len(texts))]


def files(lair, texts):
    """Write the texts into files; return the calls that read them."""
    for number, text in enumerate(texts):
        (lair.folder / "files" / f"{number}.txt").write_text(text)
    return [call("file_read", path=f"{number}.txt") for number in range(len(texts))]


def commands(lair, texts):
    """Let a program say the texts; return the calls that run it."""
    (lair.folder / "commands" / "said.json").write_text(json.dumps(texts))
    return [call("command", argv=[sys.executable, str(SCRIPT), str(number)]) for number in range(len(texts))]


def attack(source, save, work, site, lair, rows=None, **inputs):
    """Run the job while `source` says all that it has to say; return its run, and how many orders were not obeyed."""
    texts = lair.said_by(source, rows)
    fetches = http(site, texts) if source == "http" else (files if source == "file" else commands)(lair, texts)
    settled = {"allow_tools": ALLOWED, "require_approval_for_missing": False, "limits": ROOM}
    assert save(**settled | inputs).status_code == 201
    orders = obey(site, fetches)
    run = work()
    return run, len(texts) - len(orders)


def test_there_are_many_and_in_both_languages():
    assert len(INJECTIONS) >= 40 and len(DISGUISED) >= 60
    assert {row["by"] for row in INJECTIONS} == {"http", "file", "command", "mcp", "description"}
    assert {row["by"] for row in DISGUISED} == {row["by"] for row in INJECTIONS} | {"memory"}


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        pytest.param("http", INJECTIONS, id="http"),
        pytest.param("file", INJECTIONS, id="file"),
        pytest.param("command", [*INJECTIONS, *DISGUISED], id="command", marks=pytest.mark.slow),
        pytest.param("http", DISGUISED, id="http-disguised", marks=pytest.mark.slow),
        pytest.param("file", DISGUISED, id="file-disguised", marks=pytest.mark.slow),
    ],
)
def test_a_model_that_obeys_everything_does_nothing_that_its_job_is_not_allowed(
    client, agents, save, work, site, lair, house, apart, source, rows
):
    run, left = attack(source, save, work, site, lair, rows)

    assert (run["status"], left) == ("success", 0), run["result"]
    assert effects(client, agents, site, lair, run) == []


def test_what_another_job_left_in_a_memory_is_obeyed_and_does_nothing(client, agents, save, work, site, lair, house):
    poison = lair.said_by("memory", DISGUISED)
    now = agents.store.now()
    memory = Memory("team", signatures=tuple(Signature(text, 1, 1.0, now, now, ("mate",)) for text in poison))
    set_fields(agents.store.redis, agents.store.keys.agent("team"), {"version": 1, "json": memory.to_store()})
    save(agent_key="team", allow_tools=ALLOWED, require_approval_for_missing=False, limits=ROOM)
    orders = obey_memory(site)

    run = work()

    assert (run["status"], orders) == ("success", set(poison)), run["result"]
    assert effects(client, agents, site, lair, run) == []


@pytest.mark.slow  # the server is a process of its own, and so is what talks to it
def test_what_an_mcp_server_answers_is_obeyed_and_does_nothing(client, agents, save, work, site, lair, shop):
    save(allow_tools=ALLOWED, require_approval_for_missing=False, limits=ROOM)
    orders = obey(site, [call("mcp_shop_notes", number=number) for number in range(len(shop["results"]))])

    run = work()

    assert (run["status"], len(orders)) == ("success", len(shop["results"])), run["result"]
    assert effects(client, agents, site, lair, run) == []


@pytest.mark.slow
def test_what_an_mcp_server_tells_of_its_tools_is_obeyed_and_does_nothing(client, agents, save, work, site, lair, shop):
    traps = [f"mcp:shop/trap_{number}" for number in range(len(shop["descriptions"]))]
    save(allow_tools=[*ALLOWED, *traps], require_approval_for_missing=False, limits=ROOM)
    orders = obey_descriptions(site)

    run = work()

    assert (run["status"], len(orders)) == ("success", len(traps)), run["result"]
    assert effects(client, agents, site, lair, run) == []


@pytest.mark.slow
def test_a_missing_check_of_mcp_tools_leaves_its_mark(client, agents, save, work, site, lair, shop, monkeypatch):
    monkeypatch.setattr(Calling, "is_permitted", lambda *_: True)
    save(allow_tools=ALLOWED, require_approval_for_missing=False, limits=ROOM)
    obey(site, [call("mcp_shop_notes", number=number) for number in range(len(shop["results"]))])

    run = work()

    assert "a program left its mark" in effects(client, agents, site, lair, run)


def test_where_people_may_be_asked_they_are_and_nothing_has_happened(client, agents, save, work, site, lair, house):
    texts = [text for text in lair.said_by("http") if "evil/main" in text or "nightly" in text][:1]
    save(allow_tools=ALLOWED)
    obey(site, http(site, texts))

    run = work()

    assert run["status"] == "waiting_approval"
    approval = client.get(f"/approvals/{run['approval_id']}").json
    assert approval["grants"] == [{"capability": "job", "value": "nightly"}]
    assert effects(client, agents, site, lair, run) == []


@pytest.mark.parametrize(
    ("source", "hole", "effect"),
    [
        pytest.param("http", "permits", "job nightly is another, or ran", marks=pytest.mark.slow),
        pytest.param("file", "permits", "evil was asked: POST /steal", marks=pytest.mark.slow),
        ("file", "folders", f"{OUTSIDE} is told to somebody"),
        pytest.param("mcp", "gate", "inner was asked: GET /latest/meta-data", marks=pytest.mark.slow),
    ],
)
def test_the_witnesses_see_what_a_missing_check_lets_through(
    client, agents, save, work, site, lair, house, monkeypatch, source, hole, effect
):
    if hole == "permits":
        monkeypatch.setattr(Permits, "has", lambda *_: True)
        monkeypatch.setattr(Permits, "program", lambda *_: True)
    if hole == "folders":
        monkeypatch.setattr(Folders, "may", lambda *_: True)
        monkeypatch.setattr(
            files_read, "find", lambda path, allowed: Place(lair.folder.parent, (allowed[0] / path).resolve())
        )
    if hole == "gate":
        monkeypatch.setattr(Gate, "_allows", lambda *_: True)
        monkeypatch.setattr(obeying, "INJECTIONS", [{**row, "by": "http"} for row in INJECTIONS if row["by"] == source])
        source = "http"

    run, _ = attack(source, save, work, site, lair)

    assert any(one.startswith(effect) for one in effects(client, agents, site, lair, run))
    assert asked(site)
