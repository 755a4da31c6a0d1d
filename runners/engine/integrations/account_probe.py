"""The harmless request that shows whether an account's credentials are taken, as the catalog describes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from runners.engine.integrations.account import Account
from runners.engine.integrations.templates import AccountTemplate

NAME = re.compile(r"\{([A-Za-z0-9_]+)\}")
UNKNOWN = "the catalog does not know this provider"
SIGNED = "its requests are signed, which only a job's handler can do"
UNPROVEN = "the catalog knows no harmless request that would show it"


class Incomplete(Exception):
    """The account lacks something; the message says what, and where to set it."""


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
    address = account.address or (None if account.base_url or template is None else template.base_url)
    if address is None or NAME.search(address):
        raise Incomplete("it has no base_url, or a place in it that config does not fill")
    if template is None or template.probe is None or (template.auth and template.auth.signed):
        why = UNKNOWN if template is None else SIGNED if template.auth and template.auth.signed else UNPROVEN
        return Probe("GET", f"{address}/", {}, unproven=why)
    method, path, *body = template.probe.split(" ", 2)
    known = {name: text for name, text in account.config.items() if isinstance(text, str)} | dict(secrets)
    headers, before, query = _credentials(template, known)
    url = f"{address}{before}{_filled(path, known, quoted=True)}"
    if query:
        url += f"{'&' if '?' in url else '?'}{query}"
    if body:
        headers |= {"Content-Type": "application/json"}
    return Probe(method, url, headers, "".join(body))


def _credentials(template: AccountTemplate, known: Mapping[str, str]) -> tuple[dict[str, str], str, str]:
    """Return the headers, what comes before the path, and the query that carry the credentials."""
    auth = template.auth
    if auth is None:
        return {}, "", ""
    headers = dict(auth.also)
    if auth.header:
        headers[auth.header] = _filled(auth.text, known, quoted=False)
    query = f"{auth.query}={_filled(auth.text, known, quoted=True)}" if auth.query else ""
    return headers, _filled(auth.path or "", known, quoted=True), query


def _filled(text: str, known: Mapping[str, str], *, quoted: bool) -> str:
    missing = [name for name in NAME.findall(text) if not known.get(name)]
    if missing:
        raise Incomplete(f"'{missing[0]}' is not set, neither among its secrets nor in its config")
    return NAME.sub(lambda found: quote(known[found[1]], safe=":") if quoted else known[found[1]], text)
