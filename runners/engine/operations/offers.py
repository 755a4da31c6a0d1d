"""The catalog: what can be added with one step, and adding it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from runners.engine.audit import Entry
from runners.engine.errors import Invalid, Problem
from runners.engine.events import EventType
from runners.engine.fields import nearest, show
from runners.engine.integrations import account as accounts
from runners.engine.integrations import mcp_server as servers
from runners.engine.integrations.account import Account
from runners.engine.integrations.mcp_server import McpServer
from runners.engine.integrations.sealing import sealing
from runners.engine.integrations.templates import (
    AccountTemplate,
    StdioTemplate,
    Template,
    account_templates,
    mcp_templates,
    templates,
)
from runners.engine.operations.keeping import over_others
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.records import Put, Said, change
from runners.engine.store import records
from runners.engine.store.connection import Store
from runners.engine.store.records import Kind


@dataclass(frozen=True, slots=True)
class Offer:
    """A template, and the names under which something of it exists: ids of accounts, or the server's own id."""

    template: Template
    existing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What became of each that was asked for, as pairs of kind and name."""

    created: tuple[tuple[Kind, str], ...] = ()
    skipped: tuple[tuple[Kind, str], ...] = ()
    overwritten: tuple[tuple[Kind, str], ...] = ()


@operation(Role.VIEWER)
def list_catalog(
    platform: Platform,
    actor: Actor,
    kind: str | None = None,
    transport: str | None = None,
    search: str | None = None,
) -> list[Offer]:
    """Return the templates that pass the filters, in the order of the catalog; `search` looks at id, label and description."""
    accounts_there, servers_there = records.names(platform.store, "account"), records.names(platform.store, "mcp")
    wanted = (
        template
        for template in templates().values()
        if kind in (None, template.kind)
        and (transport is None or getattr(template, "transport", None) == transport)
        and template.matches(search or "")
    )
    return [Offer(template, _existing(template, accounts_there, servers_there)) for template in wanted]


@operation(Role.ADMIN)
def bootstrap_catalog(
    platform: Platform,
    actor: Actor,
    provider_ids: Iterable[str] | None = None,
    mcp_template_ids: Iterable[str] | None = None,
    account_id: str = "default",
    overwrite: bool = False,
) -> Bootstrapped:
    """Add exactly what is named, all or nothing in one step; None means all of that kind, and an empty list none of it.

    What exists is skipped; with `overwrite` it gets what the template says again, and keeps its secrets and whatever else was
    set. Raises Invalid naming unknown ids.
    """
    wanted = _wanted(provider_ids, mcp_template_ids)

    def once() -> Bootstrapped:
        plan = [_planned(platform, template, account_id, overwrite) for template in wanted]
        done = _sorted(plan)
        if puts := [put for _, put in plan if isinstance(put, Put)]:
            change(platform.store, _entry(actor, done), puts, [_said(actor, done)])
        return done

    return over_others(once)


def _wanted(provider_ids: Iterable[str] | None, mcp_template_ids: Iterable[str] | None) -> list[Template]:
    found: list[Template] = []
    problems: list[Problem] = []
    asked: tuple[tuple[str, Iterable[str] | None, Mapping[str, Template]], ...] = (
        ("provider_ids", provider_ids, account_templates()),
        ("mcp_template_ids", mcp_template_ids, mcp_templates()),
    )
    for field, ids, known in asked:
        for name in dict.fromkeys(known if ids is None else ids):
            if name in known:
                found.append(known[name])
            else:
                problems.append(
                    Problem((field,), f"the catalog has no {show(name)}{nearest(name, known)}", "unknown_id")
                )
    if problems:
        raise Invalid(problems)
    return found


Word = Literal["created", "skipped", "overwritten"]
Planned = tuple[tuple[Word, Kind, str], Put | None]


def _planned(platform: Platform, template: Template, account_id: str, overwrite: bool) -> Planned:
    is_account = isinstance(template, AccountTemplate)
    kind: Kind = "account" if is_account else "mcp"
    name = f"{template.id}/{account_id}" if is_account else template.id
    if _exists(platform.store, kind, name) and not overwrite:
        return ("skipped", kind, name), None
    record = records.load_record(platform.store, kind, name)
    seal = sealing(platform, kind, name)
    if isinstance(template, AccountTemplate):
        account = accounts.read(name, record.content) if record else Account(template.id, account_id)
        content = accounts.changed(account, {"label": template.label, "base_url": template.base_url}, seal)
    else:
        server = servers.read(name, record.content) if record else McpServer(name)
        content = servers.changed(server, _server(template), seal)
    word: Word = "overwritten" if record else "created"
    return (word, kind, name), Put(kind, name, content, record.version if record else 0)


def _server(template: Template) -> dict[str, Any]:
    common = {"label": template.label, "command": None, "args": None, "url": None}
    if isinstance(template, StdioTemplate):
        return common | {"transport": "stdio", "command": template.command, "args": list(template.args)}
    assert not isinstance(template, AccountTemplate)
    return common | {"transport": "http", "url": template.url}


def _exists(store: Store, kind: Kind, name: str) -> bool:
    return bool(store.redis.exists(store.keys.record(kind, name)))


def _existing(template: Template, accounts_there: list[str], servers_there: list[str]) -> tuple[str, ...]:
    if isinstance(template, AccountTemplate):
        return tuple(name.partition("/")[2] for name in accounts_there if name.partition("/")[0] == template.id)
    return (template.id,) if template.id in servers_there else ()


def _sorted(plan: list[Planned]) -> Bootstrapped:
    def of(word: Word) -> Iterator[tuple[Kind, str]]:
        return ((kind, name) for (said, kind, name), _ in plan if said == word)

    return Bootstrapped(tuple(of("created")), tuple(of("skipped")), tuple(of("overwritten")))


def _entry(actor: Actor, done: Bootstrapped) -> Entry:
    items = [{"object": f"{kind}:{name}", "done": "created"} for kind, name in done.created]
    items += [{"object": f"{kind}:{name}", "done": "overwritten"} for kind, name in done.overwritten]
    return Entry(actor.author(), "catalog", None, {"skipped": len(done.skipped)}, items=items)


def _said(actor: Actor, done: Bootstrapped) -> Said:
    about = {
        "actor": actor.name,
        "created": [name for _, name in done.created],
        "overwritten": [name for _, name in done.overwritten],
        "skipped": len(done.skipped),
    }
    return Said(EventType.INTEGRATION_CATALOG_BOOTSTRAP, about)
