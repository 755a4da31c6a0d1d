"""An MCP server: how it is reached, what it is given, and its secrets, which are only ever shown as masks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from runners.engine.errors import Invalid, Problem
from runners.engine.integrations.mcp_change import MOST_ENTRIES, PARTS, parsed
from runners.engine.integrations.mcp_trial import Trial
from runners.engine.integrations.templates import StdioTemplate, mcp_templates
from runners.engine.secret_fields import Kept, Seal, merged_parts

EMPTY = Kept({"env": {}, "headers": {}})
TIMEOUT_SEC = 20
CLEARED: Mapping[str, Any] = {
    "label": "",
    "enabled": True,
    "transport": None,
    "command": None,
    "args": (),
    "cwd": None,
    "url": None,
    "timeout_sec": TIMEOUT_SEC,
}
"""What each field is until it is set, and after null."""
OF_TRANSPORT = {"stdio": ("command", "args", "env", "cwd"), "http": ("url", "headers")}


@dataclass(frozen=True, slots=True)
class McpServer:
    """An MCP server as anybody may see it. `sealed` of `kept` holds its secrets by their place, for the vault alone.

    `tested` is how the last try of this version went. `version` 0 means that it does not exist. `unreadable` names places
    whose secrets no key of this process opens; `refusal` says why the server's configuration would not let it be used.
    """

    server_id: str
    transport: Literal["stdio", "http"] | None = None
    label: str = ""
    enabled: bool = True
    command: str | None = None
    args: tuple[str, ...] = ()
    cwd: str | None = None
    url: str | None = None
    timeout_sec: int = TIMEOUT_SEC
    kept: Kept = EMPTY
    version: int = 0
    made_at: datetime | None = None
    updated_at: datetime | None = None
    tested: Trial | None = None
    tested_at: str = ""
    unreadable: tuple[str, ...] = ()
    refusal: str | None = None

    @property
    def tried_at(self) -> datetime | None:
        """When the last try was made."""
        return datetime.fromisoformat(self.tested_at) if self.tested_at else None

    @property
    def env(self) -> dict[str, str]:
        """The variables that its program is given, with masks for secrets."""
        found: dict[str, str] = self.kept.shown.get("env", {})
        return found

    @property
    def headers(self) -> dict[str, str]:
        """The headers that it is sent, with masks for secrets."""
        found: dict[str, str] = self.kept.shown.get("headers", {})
        return found

    @property
    def argv(self) -> tuple[str, ...]:
        """The program and its arguments; () for one behind an address."""
        return (self.command, *self.args) if self.command else ()

    @property
    def is_as_in_catalog(self) -> bool:
        """Say whether its program is exactly the one that the template of its name starts."""
        template = mcp_templates().get(self.server_id)
        return isinstance(template, StdioTemplate) and self.argv == (template.command, *template.args)


def changed(before: McpServer, raw: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """Return the content of `before` with what `raw` names changed. Raises Invalid with all problems, and what `seal` raises."""
    change = parsed(raw, before.server_id)
    named = change.model_fields_set
    settled = {name: getattr(before, name) for name in CLEARED}
    for name in CLEARED.keys() & named:
        value = getattr(change, name)
        settled[name] = CLEARED[name] if value is None else value
    patch = {part: getattr(change, part) for part in PARTS if part in named}
    kept = merged_parts(before.kept, patch, seal)
    problems = list(_problems(settled, kept))
    if problems:
        raise Invalid(problems)
    return {**settled, "args": list(settled["args"]), "shown": kept.shown, "sealed": dict(kept.sealed)}


def read(name: str, content: Mapping[str, Any], **about: Any) -> McpServer:
    """Return the server of this name from its content, as `changed` made it. Raises KeyError on another one."""
    settled = {field: content[field] for field in CLEARED}
    kept = Kept.of(content)
    return McpServer(name, **settled | {"args": tuple(settled["args"])}, kept=kept, **about)


def _problems(settled: Mapping[str, Any], kept: Kept) -> Iterator[Problem]:
    transport, values = settled["transport"], {**settled, **kept.shown}
    if transport is None:
        yield Problem(("transport",), "transport is required: stdio or http", "missing")
        return
    needed = "command" if transport == "stdio" else "url"
    if not values[needed]:
        yield Problem((needed,), f"{needed} is required for transport {transport}", "missing")
    for name in OF_TRANSPORT["http" if transport == "stdio" else "stdio"]:
        if values[name]:
            yield Problem(
                (name,), f"{name} means nothing for transport {transport}; clear it with null", "not_of_transport"
            )
    for part in PARTS:
        if len(kept.shown[part]) > MOST_ENTRIES:
            fault = f"{part} would have {len(kept.shown[part])} entries; at most {MOST_ENTRIES} are kept"
            yield Problem((part,), fault, "too_long")
