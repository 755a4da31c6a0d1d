"""Where an account's credentials go in a request: as its template says, or, where the catalog has none, as its config does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from runners.engine.integrations.account import Account
from runners.engine.integrations.templates import AccountTemplate
from runners.engine.settings import Settings
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault

NAME = re.compile(r"\{([A-Za-z0-9_]+)\}")
BEARER = ("token", "api_key")
"""Secrets that go into the header Authorization where nothing else is said."""


class Incomplete(Exception):
    """The account lacks something; the message says what, and where to set it."""


def opened(settings: Settings, account: Account) -> dict[str, str]:
    """Return the account's secrets by their names, those of its config by their places in it. Raises Conflict."""
    if not account.kept.sealed:
        return {}
    vault, found = open_vault(settings), {}
    for place, sealed in account.kept.sealed.items():
        found[place.partition("/")[2]] = vault.open(Owner("account", account.name, place), sealed)
    return found


def own_headers(account: Account, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return what `config.headers` says to send; else the first of `BEARER` secrets, as a bearer."""
    stated = account.config.get("headers")
    if isinstance(stated, dict):
        return {str(name): secrets.get(f"headers/{name}", str(value)) for name, value in stated.items()}
    token = next((secrets[name] for name in BEARER if name in secrets), None)
    return {"Authorization": f"Bearer {token}"} if token else {}


def credentials(template: AccountTemplate, known: Mapping[str, str]) -> tuple[dict[str, str], str, str]:
    """Return the headers, what comes before the path, and the query that carry the credentials."""
    auth = template.auth
    if auth is None:
        return {}, "", ""
    headers = dict(auth.also)
    if auth.header:
        headers[auth.header] = filled(auth.text, known, quoted=False)
    query = f"{auth.query}={filled(auth.text, known, quoted=True)}" if auth.query else ""
    return headers, filled(auth.path or "", known, quoted=True), query


def filled(text: str, known: Mapping[str, str], *, quoted: bool) -> str:
    """Return `text` with `{name}` replaced by what is known by that name. Raises Incomplete."""
    missing = [name for name in NAME.findall(text) if not known.get(name)]
    if missing:
        raise Incomplete(f"'{missing[0]}' is not set, neither among its secrets nor in its config")
    return NAME.sub(lambda found: quote(known[found[1]], safe=":") if quoted else known[found[1]], text)
