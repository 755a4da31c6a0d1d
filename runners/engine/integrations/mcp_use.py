"""Using an MCP server: what the configuration of this machine lets it do, and what the process that talks to it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from runners.engine.integrations.mcp_server import McpServer
from runners.engine.integrations.templates import StdioTemplate, mcp_templates
from runners.engine.known_secrets import KNOWN
from runners.engine.programs.allowed import Folder, NotAllowed, allowed_program, environment, open_folder, roots
from runners.engine.secret_fields import place_text
from runners.engine.settings import Settings
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault

ENV = "AGENT_COMMAND_ALLOW_ENV"


@cache
def _env_of_templates() -> frozenset[str]:
    found = (template for template in mcp_templates().values() if isinstance(template, StdioTemplate))
    return frozenset(name for template in found for name in template.fields)


def refusals(settings: Settings, server: McpServer) -> Iterator[tuple[str, str]]:
    """Yield what the configuration forbids of the server, as field and sentence; nothing for one behind an address.

    What a program is given is as dangerous as the program: a variable may name a file to load, or where to get code from.
    """
    if server.transport != "stdio":
        return
    try:
        allowed_program(server.argv, settings.command_allow_prefixes)
    except NotAllowed as fault:
        yield "command", str(fault)
    allowed = _env_of_templates() | set(settings.command_allow_env)
    refused = sorted(set(server.env) - allowed)
    if refused:
        yield "env", f"env: {', '.join(refused)}: no template names it; the server's {ENV} can allow it"
    if server.cwd is not None:
        try:
            opened_folder(settings, server).close()
        except NotAllowed as fault:
            yield "cwd", str(fault)


def opened_folder(settings: Settings, server: McpServer) -> Folder:
    """Open the folder that the server works in. Raises NotAllowed."""
    return open_folder(server.cwd, roots(settings))


def secrets_of(settings: Settings, server: McpServer) -> dict[str, str]:
    """Return the secrets of the server by their places. Raises Conflict when one cannot be opened here."""
    if not server.kept.sealed:
        return {}
    vault = open_vault(settings)
    found = {
        place: vault.open(Owner("mcp", server.server_id, place), sealed) for place, sealed in server.kept.sealed.items()
    }
    KNOWN.learn(found.values())
    return found


def asked_of(settings: Settings, server: McpServer, secrets: Mapping[str, str], folder: Folder) -> dict[str, Any]:
    """Return what `run_trial` is told of the server, its secrets in their places. Raises NotAllowed."""
    for _, fault in refusals(settings, server):
        raise NotAllowed(fault)
    common = {"timeout_sec": server.timeout_sec, "secrets": list(secrets.values())}
    if server.transport == "stdio":
        program = allowed_program(server.argv, settings.command_allow_prefixes)
        env = {**environment(folder.path), **_open("env", server.env, secrets)}
        return common | {"argv": [program, *server.args], "env": env}
    return common | {
        "url": server.url,
        "headers": _open("headers", server.headers, secrets),
        "allow_private": list(settings.http_allow_private),
        "own_port": settings.port,
    }


def _open(part: str, shown: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    return {name: secrets.get(place_text((part, name)), value) for name, value in shown.items()}
