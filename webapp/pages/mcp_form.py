"""The form of an MCP server: what it shows, and what it changes. Secrets that were typed never come back into it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.engine.errors import Invalid, Problem
from runners.engine.integrations.mcp_server import TIMEOUT_SEC, McpServer
from runners.engine.integrations.templates import mcp_templates
from webapp.language import language
from webapp.pages.given import Given, typed
from webapp.pages.job_form import number

TEXTS = ("server_id", "label", "transport", "command", "args", "cwd", "url", "timeout_sec")
PART_OF = {"stdio": "env", "http": "headers"}


@dataclass(frozen=True, slots=True)
class McpEditor:
    """A form of an MCP server. `server` is None while one is made; `version` is the one that the person saw.

    It is given variables or headers, of which all values are typed as secrets are.
    """

    shown: Mapping[str, str]
    given: Given = field(default_factory=Given)
    hint: str = ""
    server: McpServer | None = None
    version: int = 0
    problems: list[Problem] = field(default_factory=list)


def blank() -> McpEditor:
    """Return the form of a new server."""
    return McpEditor({"transport": "http", "enabled": "on", "timeout_sec": str(TIMEOUT_SEC)})


def of_server(server: McpServer) -> McpEditor:
    """Return the form of a server as it is."""
    shown = {name: str(getattr(server, name) or "") for name in TEXTS}
    shown["args"] = shlex.join(server.args)
    return _editor(shown | ({"enabled": "on"} if server.enabled else {}), server, server.version, [])


def as_typed(form: Mapping[str, str], server: McpServer | None, problems: list[Problem], version: int = 0) -> McpEditor:
    """Return the form as it was sent, without what was typed for variables and headers."""
    shown = {name: form[name] for name in (*TEXTS, "enabled") if name in form}
    return _editor(shown, server, version, problems)


def change_of(form: Mapping[str, str], server: McpServer | None) -> dict[str, Any]:
    """Return what the form changes, as the API takes it. Raises Invalid when the arguments cannot be split."""
    transport = form.get("transport", "")
    stdio = transport == "stdio"
    change: dict[str, Any] = {
        "label": form.get("label", "").strip(),
        "enabled": "enabled" in form,
        "transport": transport,
        "timeout_sec": number(form.get("timeout_sec", "")) if form.get("timeout_sec", "").strip() else None,
        "command": (form.get("command", "").strip() or None) if stdio else None,
        "args": _arguments(form.get("args", "")) if stdio else None,
        "cwd": (form.get("cwd", "").strip() or None) if stdio else None,
        "url": None if stdio else form.get("url", "").strip() or None,
    }
    part = PART_OF.get(transport, "headers")
    change[part] = typed(form, getattr(server, part) if server else ())
    if server and server.transport in PART_OF and server.transport != transport:
        change[PART_OF[server.transport]] = None
    return change


def _arguments(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise Invalid([Problem(("args",), "args: a quote has no partner", "quote")]) from None


def _editor(shown: Mapping[str, str], server: McpServer | None, version: int, problems: list[Problem]) -> McpEditor:
    template = mcp_templates().get(server.server_id) if server else None
    given = {**server.env, **server.headers} if server else {}
    wanted = tuple(name for name in (template.fields if template else ()) if name not in given)
    hint = template.hint[language()] if template else ""
    return McpEditor(shown, Given(given, wanted), hint, server, version, problems)
