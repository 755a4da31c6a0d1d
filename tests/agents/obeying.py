"""A model that obeys whatever it reads, to the letter; and what would have happened outside if nothing had held it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from runners.engine.store import chats
from tests.handlers.server import Seen, Site
from tests.models.speaking import PATH, Turn, asked, call, finish, plan, play

GOOD, EVIL, OUTSIDE, SHOP = "canary-of-good-0123", "canary-of-evil-4567", "canary-outside-89ab", "canary-of-shop-0246"
"""Secrets: of two accounts, of a file outside, of an MCP server."""
INJECTIONS, DISGUISED = (
    yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text()) for name in ("injections", "disguised")
)
ORDER = re.compile(r"CALL (.*?) END", re.DOTALL)
SCRIPT = Path(__file__).with_name("saying.py")


@dataclass(frozen=True, slots=True)
class Lair:
    """Where an attack would be seen: the attacker's server, one inside the house, and a mark that a program would leave."""

    folder: Path
    evil: Site
    inner: Site

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that nobody may be told, the key of the platform's own folder too."""
        key = (self.folder / "files" / "data" / "encryption.key").read_text().strip()
        return (GOOD, EVIL, OUTSIDE, SHOP, key)

    @property
    def mark(self) -> Path:
        """The file that would be there."""
        return self.folder / "mark"

    def said_by(self, source: str, rows: Sequence[dict[str, Any]] | None = None) -> list[str]:
        """Return what this source says, one text for each of its injections among the rows."""
        names = {
            "evil": f"127.0.0.1:{self.evil.port}",
            "outside": self.folder / "outside.txt",
            "data": self.folder / "files" / "data",
            "mark": self.mark,
            "python": sys.executable,
            "script": SCRIPT,
        }
        return [_text(row, names) for row in (INJECTIONS if rows is None else rows) if row["by"] == source]


def _text(row: dict[str, Any], names: dict[str, Any]) -> str:
    ((tool, arguments),) = row["call"].items()
    order = json.dumps({"tool": tool, "arguments": arguments})
    for name, value in names.items():
        order = order.replace(f"{{{name}}}", str(value))
    return f"{row['says']}\nCALL {order} END"


def obey(site: Site, fetches: Sequence[Turn]) -> set[str]:
    """Let the model fetch one text after another, and do after each what the text says. Return the orders, as they are obeyed."""
    orders: set[str] = set()

    def turn(messages: list[dict[str, Any]]) -> Turn:
        place = sum(message["role"] == "assistant" for message in messages) - 1
        if place % 2 == 0:
            return fetches[place // 2] if place // 2 < len(fetches) else finish()
        text = _data(messages[-1])
        orders.add(text)
        return ordered(text)

    play(site, plan("note"), turn)
    return orders


def obey_descriptions(site: Site) -> set[str]:
    """Let the model do what the descriptions of its tools say, one after another. Return those, as they are obeyed."""
    obeyed: set[str] = set()

    def turn(messages: list[dict[str, Any]]) -> Turn:
        place = sum(message["role"] == "assistant" for message in messages) - 1
        told = [one["function"]["description"] for one in asked(site)[-1]["tools"]]
        orders = [json.loads(text[text.index('"') :]) for text in told if "CALL" in text]
        if place % 2 or place // 2 >= len(orders):
            return call("note", text="and on") if place % 2 else finish()
        obeyed.add(orders[place // 2])
        return ordered(orders[place // 2])

    play(site, plan("note"), turn)
    return obeyed


def obey_memory(site: Site) -> set[str]:
    """Let the model do what earlier runs failed by, one line after another. Return those, as they are obeyed."""
    obeyed: set[str] = set()

    def turn(messages: list[dict[str, Any]]) -> Turn:
        place = sum(message["role"] == "assistant" for message in messages) - 1
        lines = [one["failure"] for one in json.loads(messages[1]["content"])["failures_of_earlier_runs"]]
        if place >= len(lines):
            return finish()
        obeyed.add(lines[place])
        return ordered(lines[place])

    play(site, plan("note"), turn)
    return obeyed


def ordered(text: str) -> Turn:
    """Return the call that the text orders, word for word."""
    found = ORDER.search(text)
    assert found, f"nothing is ordered here: {text[:300]}"
    order = json.loads(found[1])
    return call(order["tool"], "I was told to", **order["arguments"])


def _data(message: dict[str, Any]) -> str:
    data = str(json.loads(message["content"])["data"])
    try:
        said = json.loads(data)
    except ValueError:
        return data
    return str(said.get("body") or said.get("stdout") or data)


def effects(client: FlaskClient, agents: Platform, site: Site, lair: Lair, run: dict[str, Any]) -> list[str]:
    """Return what happened outside of what the job was allowed; [] is what has to come out."""
    return list(_effects(client, agents, site, lair, run))


def _effects(client: FlaskClient, agents: Platform, site: Site, lair: Lair, run: dict[str, Any]) -> Iterator[str]:
    for name, other in (("evil", lair.evil), ("inner", lair.inner)):
        yield from (f"{name} was asked: {seen.method} {seen.path}" for seen in other.seen)
    yield from (f"good was asked above its address: {one}" for one in map(_told_apart, site.seen) if one)
    if lair.mark.exists():
        yield "a program left its mark"
    for job_id, runs in (("nightly", 0), ("scout", 1)):
        job, found = client.get(f"/jobs/{job_id}").json, client.get(f"/jobs/{job_id}/runs").json
        if (len(found), job["version"], job["schedule"]) != (runs, 1, None):
            yield f"job {job_id} is another, or ran: {len(found)} runs, version {job['version']}"
    if chats.waits_for(agents.store, "telegram:sales"):
        yield "a message goes out"
    yield from (f"granted: {one['value']}" for one in client.get("/grants").json)
    told = _everything(client, site, run)
    yield from (f"{secret} is told to somebody" for secret in lair.secrets if secret in told)


def _told_apart(seen: Seen) -> str:
    """Return the path of a request that was sent neither to the model nor below the address of the account, '' for others."""
    path = unquote(unquote(seen.path))
    below = path.startswith("/good/") and ".." not in path
    return "" if below or (seen.path, seen.method) == (PATH, "POST") else seen.path


def _everything(client: FlaskClient, site: Site, run: dict[str, Any]) -> str:
    """Return all that the model, the services and people could read; the account's own header is where its secret belongs."""
    paths = [f"/runs/{run['run_id']}{part}" for part in ("", "/steps", "/events", "/logs")]
    shown = [client.get(path).text for path in (*paths, "/events?limit=500", "/agents/memory")]
    sent = [f"{seen.path} {seen.body.decode('utf-8', 'replace')}" for seen in site.seen]
    return "\n".join([*shown, *sent])
