"""What survives: the server's name and version, its persistence in words, and what to warn of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import redis

from runners.engine.store.connection import Mode, ModeName

UNKNOWN = "unknown"
LOSSES = {
    "always": "nothing that was acknowledged is lost",
    "everysec": "a power loss loses about the last second",
    "no": "a power loss loses what the system had not written yet",
}


def describe(client: redis.Redis, name: ModeName, address: str, warnings: tuple[str, ...] = ()) -> Mode:
    """Return the mode `name` with what the server says about itself; what it hides is 'unknown'."""
    about, options = _section(client), _options(client)
    return Mode(
        name=name,
        durability=durability(options),
        server=f"{_product(about)} at {address}",
        warnings=(*warnings, *_warnings(about | options)),
    )


def durability(options: Mapping[str, str]) -> str:
    """Return in words what a crash or a power loss costs; 'unknown' when the server does not say."""
    if "appendonly" not in options:
        return UNKNOWN
    if options["appendonly"] == "yes":
        fsync = options.get("appendfsync", UNKNOWN)
        return f"append-only file, fsync {fsync}: {LOSSES.get(fsync, 'loss unknown')}"
    if options.get("save"):
        return f"snapshots only (save {options['save']}): a crash loses what came after the last one"
    return "none: a restart of the server loses everything"


def _warnings(known: Mapping[str, str]) -> tuple[str, ...]:
    warnings = []
    policy = known.get("maxmemory-policy") or known.get("maxmemory_policy") or "noeviction"
    if policy != "noeviction":
        warnings.append(f"maxmemory-policy is {policy}: a full server drops jobs and runs; set it to noeviction")
    if known.get("appendonly") == "no":
        warnings.append("no append-only file: runs can be lost when the server ends; set appendonly yes")
    return tuple(warnings)


def _product(about: Mapping[str, str]) -> str:
    if "valkey_version" in about:
        return f"valkey {about['valkey_version']}"
    return f"redis {about.get('redis_version', UNKNOWN)}"


def _section(client: redis.Redis) -> dict[str, str]:
    """Return INFO, or nothing when the user may not read it."""
    try:
        about: Any = client.info()
    except redis.ResponseError:
        return {}
    return {name: str(value) for name, value in about.items()}


def _options(client: redis.Redis) -> dict[str, str]:
    """Return the options that matter; hosted servers often hide CONFIG, then nothing is known."""
    options: dict[str, str] = {}
    for name in ("appendonly", "appendfsync", "save", "maxmemory-policy"):
        try:
            answer: Any = client.config_get(name)
        except redis.ResponseError:
            return {}
        options |= {str(option): str(value) for option, value in answer.items()}
    return options
