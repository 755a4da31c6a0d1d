"""An account of a service: where it is, what is set for it, and its secrets, which are only ever shown as masks. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine.errors import Invalid, Problem
from runners.engine.integrations.account_change import LARGEST_CONFIG, MOST_SECRETS, PLACEHOLDER, parsed
from runners.engine.secret_fields import Kept, Place, Seal, merged_parts, place_text

ALL_SECRET = frozenset({"secrets"})
EMPTY = Kept({"config": {}, "secrets": {}})


@dataclass(frozen=True, slots=True)
class Account:
    """An account as anybody may see it. `sealed` holds its secrets by their place, for the vault alone.

    `tested` is how the last try of its connection at this version went. `unreadable` names the secrets that no key of this
    process opens. `version` 0 means that it does not exist.
    """

    provider: str
    account_id: str
    label: str = ""
    enabled: bool = True
    base_url: str | None = None
    kept: Kept = EMPTY
    version: int = 0
    made_at: datetime | None = None
    updated_at: datetime | None = None
    tested: Mapping[str, Any] | None = None
    unreadable: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What names it among all accounts."""
        return f"{self.provider}/{self.account_id}"

    @property
    def tested_at(self) -> datetime | None:
        """When its connection was last tried."""
        return datetime.fromisoformat(self.tested["tested_at"]) if self.tested else None

    @property
    def config(self) -> dict[str, Any]:
        """What is set for it, with masks for secrets."""
        found: dict[str, Any] = self.kept.shown.get("config", {})
        return found

    @property
    def secrets(self) -> dict[str, str]:
        """The mask of each secret by its name."""
        found: dict[str, str] = self.kept.shown.get("secrets", {})
        return found

    @property
    def address(self) -> str | None:
        """`base_url` with its placeholders filled from `config`; None when one of them is not set."""
        missing = [
            name for name in PLACEHOLDER.findall(self.base_url or "") if not isinstance(self.config.get(name), str)
        ]
        if self.base_url is None or missing:
            return None
        return PLACEHOLDER.sub(lambda found: str(self.config[found[1]]), self.base_url)


def changed(before: Account, raw: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """Return the content of `before` with what `raw` names changed. Raises Invalid with all problems, and what `seal` raises."""
    change = parsed(raw, before.provider, before.account_id)
    patch: dict[str, Any] = {
        name: getattr(change, name) for name in ("config", "secrets") if name in change.model_fields_set
    }
    kept = merged_parts(before.kept, patch, seal, ALL_SECRET)
    _check_size(kept)
    settled: dict[str, Any] = {"label": before.label, "enabled": before.enabled, "base_url": before.base_url}
    cleared: dict[str, Any] = {"label": "", "enabled": True, "base_url": None}
    for name in settled.keys() & change.model_fields_set:
        value = getattr(change, name)
        settled[name] = cleared[name] if value is None else value
    return {**settled, "shown": kept.shown, "sealed": dict(kept.sealed)}


def read(name: str, content: Mapping[str, Any], **about: Any) -> Account:
    """Return the account of this name from its content, as `changed` made it. Raises KeyError on another one."""
    provider, _, account_id = name.partition("/")
    kept = Kept.of(content)
    return Account(provider, account_id, content["label"], content["enabled"], content["base_url"], kept, **about)


def without_secrets(account: Account) -> dict[str, Any]:
    """Return what is set for the account, without what is secret in it."""
    return {
        name: kept
        for name, value in account.config.items()
        if (kept := _open(account, ("config", name), value)) is not SEALED
    }


SEALED = object()


def _open(account: Account, place: Place, value: Any) -> Any:
    """Return the open part of `value`, `SEALED` when it is a secret itself; a list keeps its length."""
    if isinstance(value, dict):
        inner = {name: _open(account, (*place, name), one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one is not SEALED}
    if isinstance(value, list):
        inner_list = [_open(account, (*place, at), one) for at, one in enumerate(value)]
        return [None if one is SEALED else one for one in inner_list]
    return SEALED if place_text(place) in account.kept.sealed else value


def _check_size(kept: Kept) -> None:
    size = len(json.dumps(kept.shown["config"]))
    if size > LARGEST_CONFIG:
        fault = f"config takes {size} bytes as JSON; at most {LARGEST_CONFIG} are kept"
        raise Invalid([Problem(("config",), fault, "too_large")])
    if len(kept.shown["secrets"]) > MOST_SECRETS:
        fault = f"the account would have {len(kept.shown['secrets'])} secrets; at most {MOST_SECRETS} are kept"
        raise Invalid([Problem(("secrets",), fault, "too_long")])
