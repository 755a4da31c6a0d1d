"""Accounts of a document to import: what each would change, with nothing changed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from runners.engine.errors import Invalid, Problem
from runners.engine.events import EventType
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.integrations.sealing import sealing
from runners.engine.operations.accounts import get_account
from runners.engine.operations.roles import Actor
from runners.engine.platform import Platform
from runners.engine.protocol.records import Put, Said
from runners.engine.store import records


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an import does to one account; `put` is None when it changes nothing."""

    name: str
    action: Literal["create", "update", "unchanged"]
    put: Put | None
    said: Said


def account_changes(platform: Platform, actor: Actor, raws: tuple[Mapping[str, Any], ...]) -> tuple[AccountChange, ...]:
    """Return what each account would change; secrets stay as they are. Raises Invalid with the problems of all."""
    found: list[AccountChange] = []
    problems: list[Problem] = []
    for place, raw in enumerate(raws):
        try:
            found.append(_change(platform, actor, raw))
        except Invalid as error:
            problems += (problem.within("accounts", place) for problem in error.problems)
    if problems:
        raise Invalid(problems)
    return tuple(found)


def _change(platform: Platform, actor: Actor, raw: Mapping[str, Any]) -> AccountChange:
    provider, account_id = raw["provider"], raw["account_id"]
    name, given = f"{provider}/{account_id}", {key: value for key, value in raw.items() if key not in NAMES}
    record = records.load_record(platform.store, "account", name)
    before = get_account(platform, actor, provider, account_id) if record else Account(provider, account_id)
    content = accounts.changed(before, given, sealing(platform, "account", name))
    about = {"provider": provider, "account_id": account_id, "actor": actor.name, "fields": sorted(given)}
    said = Said(EventType.INTEGRATION_ACCOUNT_UPSERTED, about)
    if record and content == record.content:
        return AccountChange(name, "unchanged", None, said)
    return AccountChange(name, "update" if record else "create", Put("account", name, content, before.version), said)


NAMES = ("provider", "account_id")
