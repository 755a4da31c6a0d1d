"""The harmless request that shows whether an account's credentials are taken, as the catalog describes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runners.engine.integrations.account import Account
from runners.engine.integrations.credentials import Incomplete, credentials, filled
from runners.engine.integrations.templates import AccountTemplate

UNKNOWN = "the catalog does not know this provider"
SIGNED = "its requests are signed, which only a job's handler can do"
UNPROVEN = "the catalog knows no harmless request that would show it"


@dataclass(frozen=True, slots=True)
class Probe:
    """One request. `unproven` says why its answer proves nothing about the credentials, '' when it does."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: str = ""
    unproven: str = ""


def probe(account: Account, secrets: Mapping[str, str], template: AccountTemplate | None) -> Probe:
    """Return the request for `account`, whose `secrets` are open. Raises Incomplete."""
    address = account.address
    if address is None:
        raise Incomplete("it has no base_url, or a place in it that config does not fill")
    if template is None or template.probe is None or (template.auth and template.auth.signed):
        why = UNKNOWN if template is None else SIGNED if template.auth and template.auth.signed else UNPROVEN
        return Probe("GET", f"{address}/", {}, unproven=why)
    method, path, *body = template.probe.split(" ", 2)
    known = {name: text for name, text in account.config.items() if isinstance(text, str)} | dict(secrets)
    headers, before, query = credentials(template, known)
    url = f"{address}{before}{filled(path, known, quoted=True)}"
    if query:
        url += f"{'&' if '?' in url else '?'}{query}"
    if body:
        headers |= {"Content-Type": "application/json"}
    return Probe(method, url, headers, "".join(body))
