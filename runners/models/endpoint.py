"""Where language models answer: the environment's own, and accounts whose address speaks the chat completions of OpenAI."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runners.engine.errors import MultijobError, NotFound
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.engine.store.records import load_records, names
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault

SPEAKING = ("openai", "groq", "ollama", "gemini", "anthropic")
"""Providers of accounts whose address speaks the chat completions of OpenAI, in the order in which they are asked."""
ENVIRONMENT = "OPENAI_BASE_URL"


class NoAnswer(MultijobError):
    """The model gave no usable answer; the message says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Price:
    """What an account says that a million tokens cost, in whatever it counts in."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers, by which name, and with which key; `named` is what people read of it."""

    named: str
    base_url: str
    model: str
    key: str = field(repr=False)
    price: Price | None = None


def of_environment(settings: Settings, model: str | None = None) -> Endpoint | None:
    """Return the endpoint that the environment names, None when it names no model."""
    if settings.planner_ai_model is None:
        return None
    chosen = model or settings.planner_ai_model
    return Endpoint(ENVIRONMENT, settings.openai_base_url, chosen, settings.openai_api_key or "")


def of_account(platform: Platform, account: Account, model: str | None = None) -> Endpoint:
    """Return the endpoint of an account. Raises NoAnswer when it lacks something, and Conflict when its key cannot be opened."""
    chosen = model or account.config.get("model") or platform.settings.planner_ai_model
    if not isinstance(chosen, str):
        raise NoAnswer('it names no model; set "model" in its config, or say which')
    if account.address is None:
        raise NoAnswer("it has no address")
    sealed = account.kept.sealed.get("secrets/api_key")
    key = (
        open_vault(platform.settings).open(Owner("account", account.name, "secrets/api_key"), sealed) if sealed else ""
    )
    return Endpoint(account.name, account.address, chosen, key, _price(account))


def speaking(platform: Platform, provider: str | None = None, account_id: str | None = None) -> list[Account]:
    """Return the enabled accounts that may be asked, in their order. Raises NotFound for one that is named and is not there."""
    known = names(platform.store, "account")
    chosen = [name for one in SPEAKING for name in known if name.startswith(f"{one}/")]
    if provider is not None:
        chosen = [name for name in known if name.partition("/")[0] == provider]
        chosen = [name for name in chosen if account_id in (None, name.partition("/")[2])]
        if not chosen:
            raise NotFound(f"account '{provider}/{account_id or '…'}' does not exist")
    records = load_records(platform.store, "account", chosen)
    found = [accounts.read(name, records[name].content) for name in chosen if name in records]
    return [account for account in found if account.enabled]


def _price(account: Account) -> Price | None:
    """Return `config.price_per_million_tokens` ({"input": 2.5, "output": 10}), None when it is not stated so."""
    stated = account.config.get("price_per_million_tokens")
    if not isinstance(stated, dict):
        return None
    sides: list[Any] = [stated.get(side) for side in ("input", "output")]
    costs = [float(side) for side in sides if type(side) in (int, float) and 0 <= side <= 1e6]
    return Price(*costs) if len(costs) == 2 else None
