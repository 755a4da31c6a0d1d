"""Secrets at the moment of use: what a run refers to, opened, with the rules for where each of them may go.

Whoever may write a job may refer to any account; that is safe because of what an account's secret may be used for:
- by `http.request`, which sends it to the account's own address (scheme, host and port of its `base_url`) and nowhere else;
  `"hosts": ["https://upload.example.com"]` in the account's config adds origins;
- by no other type of job, unless an admin lists it in the account's config: `"job_types": ["command.run"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from runners.engine.errors import Conflict, MultijobError
from runners.engine.handler import Handler
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.outgoing.address import PORTS
from runners.engine.platform import Platform
from runners.engine.secret_references import Reference, reference_problems, references, replaced
from runners.engine.spellings import SHORTEST
from runners.engine.store.records import load_records
from runners.engine.vault import Owner, Vault
from runners.engine.vault_keys import open_vault

PINNED = frozenset({"http.request"})
"""Types of jobs that ask `Spending.refusal` before they send anything."""


class Unusable(MultijobError):
    """A run refers to a secret that it cannot have; the message says which and why, and nothing of the secret."""


@dataclass(frozen=True, slots=True)
class Spending:
    """The secrets of one run: by whom they are owned, and to which origins each account's may be sent."""

    secrets: Mapping[Reference, str] = field(default_factory=dict, repr=False)
    origins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return `inputs` with each reference replaced by its secret."""
        found: dict[str, Any] = replaced(dict(inputs), self.secrets.__getitem__) if self.secrets else dict(inputs)
        return found

    def refusal(self, url: str) -> str | None:
        """Return why this run may send nothing to `url`; None when all of its secrets may go there, or it has none."""
        return refusal(self.origins, url)


def refusal(origins: Mapping[str, Iterable[str]], url: str) -> str | None:
    """Return why secrets of accounts with these `origins` may not be sent to `url`, None if they may."""
    asked = origin(url)
    for account, allowed in origins.items():
        if asked not in allowed:
            return (
                f"a secret of account '{account}' may go to {' or '.join(sorted(allowed)) or 'nowhere'}, not to {asked}"
            )
    return None


def origin(url: str) -> str:
    """Return scheme, host and port of `url` in one spelling; what has none is an origin that no account has."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that cannot be read"
    host = parsed.raw_host.decode("ascii", "replace").lower().rstrip(".")
    return f"{parsed.scheme}://{f'[{host}]' if ':' in host else host}:{parsed.port or PORTS.get(parsed.scheme, 0)}"


def spend(platform: Platform, handler: Handler, inputs: Mapping[str, Any]) -> Spending:
    """Open every secret that `inputs` refer to, for a run of `handler`. Raises Unusable, and redis.RedisError."""
    wanted, job_type = references(inputs), handler.type
    for problem in reference_problems(inputs, handler.in_sight):
        raise Unusable(f"inputs.{problem.msg}")
    if not wanted:
        return Spending()
    names = sorted({reference.account for reference in wanted})
    records = load_records(platform.store, "account", names)
    vault = open_vault(platform.settings)
    used = {name: accounts.read(name, record.content) for name, record in records.items()}
    secrets = {reference: _secret(vault, reference, used.get(reference.account), job_type) for reference in wanted}
    return Spending(secrets, {name: _origins(account) for name, account in used.items()})


def _secret(vault: Vault, reference: Reference, account: Account | None, job_type: str) -> str:
    named = f"secret '{reference}'"
    if account is None:
        raise Unusable(f"{named}: account '{reference.account}' does not exist, or its record cannot be read")
    if not account.enabled:
        raise Unusable(f"{named}: the account is disabled")
    if reference.place not in account.kept.sealed:
        raise Unusable(f"{named}: the account has no such secret; it has {_known(account)}")
    if job_type not in PINNED and job_type not in _texts(account, "job_types"):
        raise Unusable(
            f"{named}: jobs of type '{job_type}' may not use this account; an admin can list it in the account's "
            'config, as "job_types"'
        )
    try:
        secret = vault.open(Owner("account", account.name, reference.place), account.kept.sealed[reference.place])
    except Conflict as fault:
        raise Unusable(str(fault)) from None
    if len(secret) < SHORTEST:
        raise Unusable(
            f"{named}: it is shorter than {SHORTEST} characters, too short to be kept out of logs and results"
        )
    return secret


def _origins(account: Account) -> frozenset[str]:
    own = [account.address] if account.address else []
    return frozenset(origin(url) for url in [*own, *_texts(account, "hosts")])


def _texts(account: Account, name: str) -> list[str]:
    value = account.config.get(name)
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _known(account: Account) -> str:
    return ", ".join(place.removeprefix("secrets/") for place in sorted(account.kept.sealed)) or "none"
