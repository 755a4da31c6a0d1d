"""Canaries: a secret of its own for every place that takes one, and the search for them in everything that is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import redis

from runners.engine.spellings import spellings
from runners.engine.vault import new_key
from tests.connector.bot_api import TOKEN

_spellings = cache(spellings)


def canary(place: str) -> str:
    """Return a secret that stands nowhere else; its beginning names its place."""
    return f"Canary-{place}-{secrets.token_urlsafe(18)}"


@dataclass
class Canaries:
    """Every secret by where it was planted, and what was found of them."""

    planted: dict[str, str] = field(default_factory=dict)
    searched: int = 0
    found: set[str] = field(default_factory=set)

    def plant(self, place: str, secret: str | None = None) -> str:
        """Return the secret of a place; tests give one only where its form is prescribed."""
        return self.planted.setdefault(place, secret or canary(place))

    def search(self, where: str, text: str | bytes) -> None:
        """Note every secret that stands in `text` in one of its spellings."""
        seen = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        squeezed = seen.replace("\n", "").replace("\r", "")  # as spellings are
        self.searched += 1
        for place, secret in self.planted.items():
            if any(spelling in squeezed for spelling in _spellings(secret)):
                self.found.add(f"{place} in {where}")


def environment(canaries: Canaries, folder: Path) -> dict[str, str]:
    """Return settings with a canary in every secret that the configuration takes."""
    named = {name: canaries.plant(name) for name in ("SECRET_KEY", "AUDIT_KEYS", "METRICS_TOKEN")}
    roles = {f"AUTH_{role}_TOKEN": canaries.plant(role) for role in ("VIEWER", "OPERATOR", "ADMIN")}
    keys = canaries.plant("AUTH_API_KEYS")
    return {
        **named,
        **roles,
        "AUTH_ENABLED": "true",
        "AUTH_API_KEYS": f"{keys}:viewer",
        "SMTP_URL": f"smtps://mailer:{canaries.plant('SMTP_URL')}@127.0.0.1:9?from=a@b.example",
        "ENCRYPTION_KEYS": canaries.plant("ENCRYPTION_KEYS", new_key()),
        "TELEGRAM_BOT_TOKEN": canaries.plant("TELEGRAM_BOT_TOKEN", TOKEN),
        "DATA_DIR": str(folder / "platform"),
    }


def titles() -> Iterator[str]:
    """Yield the command line of every process of this machine."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(errors="replace")
        except OSError:
            continue


def everything(client: redis.Redis) -> Iterator[tuple[str, str]]:
    """Yield every key of the server with all that it holds, as text."""
    with closing(client):
        for key in client.scan_iter("*", count=1000):
            yield key, f"{key} {_content(client, key)!r}"


def _content(client: redis.Redis, key: str) -> object:
    kind = client.type(key)
    if kind == "list":
        return client.lrange(key, 0, -1)
    if kind == "zset":
        return client.zrange(key, 0, -1)
    if kind == "stream":
        return client.xrange(key)
    return {"hash": client.hgetall, "set": client.smembers, "string": client.get}.get(str(kind), client.type)(key)


def files(*folders: Path, but: Iterable[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield every file below these folders, whole, without those that keep keys by design."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in but:
                yield str(path), path.read_bytes()
