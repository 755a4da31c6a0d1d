"""`http`: one request to an account's own address. The account adds its credentials; neither they nor the request go elsewhere.

The model chooses the account, the path and the body. The host is the account's, whatever the path says; a redirect is shown
and not followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import httpx
from pydantic import AfterValidator, BaseModel, Field, JsonValue

from runners.agents.inputs import ACCOUNT
from runners.agents.permits import Lack
from runners.agents.tools.paths import plain_path
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine.errors import Conflict
from runners.engine.grant import Capability
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.integrations.credentials import Incomplete, credentials, opened, own_headers
from runners.engine.integrations.spending import origin
from runners.engine.integrations.templates import account_templates
from runners.engine.known_secrets import KNOWN, hidden
from runners.engine.outgoing.address import Gate, NotReachable, Unresolved, target_of
from runners.engine.outgoing.answer import as_text, read_raw, unpacked
from runners.engine.outgoing.headers import checked
from runners.engine.outgoing.transport import GuardedTransport
from runners.engine.store.records import load_records

BODY_TOLD = 6000
SAFE_TWICE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""Methods that HTTP itself calls idempotent (RFC 9110 §9.2.2)."""


class HttpArguments(BaseModel, extra="forbid", frozen=True):
    """One request. `body`: text goes as it is, any other JSON value as JSON."""

    account: Annotated[str, Field(pattern=ACCOUNT)] = Field(description="provider/account_id")
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(plain_path)] = Field(
        description="behind the account's base URL, beginning with /; no host, no query"
    )
    query: Annotated[dict[str, str], Field(max_length=50)] = {}
    body: JsonValue = None


class Http(ModelTool[HttpArguments]):
    """Sends requests for one run."""

    name = kind = "http"
    description = "send an HTTP request to the address of an account, which adds its own credentials"
    arguments = HttpArguments

    def __init__(self, situation: Situation) -> None:
        self._ctx, self._permits = situation.ctx, situation.permits

    def what(self, arguments: HttpArguments) -> str:
        """Say which request it is, without its body."""
        asked = f"?{urlencode(arguments.query)}" if arguments.query else ""
        return f"{arguments.method} {arguments.path}{asked} of {arguments.account}"

    def lacks(self, arguments: HttpArguments) -> Sequence[Lack]:
        """Return the account that is not permitted, is not there, or stands at an address that is not allowed."""
        return list(self._lacks(arguments.account))

    def repeats_safely(self, arguments: HttpArguments) -> bool:
        """Say so of what HTTP calls idempotent, and of accounts whose config says that they take an Idempotency-Key."""
        account = self._account(arguments.account)
        return arguments.method in SAFE_TWICE or (
            account is not None and account.config.get("idempotency_keys") is True
        )

    def act(self, arguments: HttpArguments, key: str) -> Observation:
        """Send the request and return the answer; a status of 400 or above is a failed act."""
        account = self._account(arguments.account)
        if account is None or not account.enabled or not self._permits.has(Capability.ACCOUNT, arguments.account):
            raise ActFailed(f"account '{arguments.account}' is not there, or not allowed")
        try:
            request = self._request(account, arguments, key)
            with httpx.Client(transport=self._transport(), trust_env=False) as client:
                return observed(client, request)
        except (NotReachable, Incomplete, Conflict) as fault:
            raise ActFailed(f"account '{account.name}': {fault}") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            raise ActFailed(f"account '{account.name}': {fault or type(fault).__name__}") from None

    def _transport(self) -> GuardedTransport:
        return GuardedTransport(Gate.of(self._ctx.settings), self._ctx.check)

    def _lacks(self, name: str) -> Iterator[Lack]:
        account = self._account(name)
        permitted = self._permits.has(Capability.ACCOUNT, name)
        if account is None or not account.enabled:
            fault = "does not exist, or its record cannot be read" if account is None else "is disabled"
            yield Lack(
                Capability.ACCOUNT, name, f"account '{name}' {fault}; an admin keeps accounts", grantable=not permitted
            )
            return
        if not permitted:
            yield Lack(Capability.ACCOUNT, name, f"the job may not use account '{name}'")
        if account.address and (target := self._private(account.address)):
            why = f"account '{name}' stands at a private address, which this server may not reach"
            yield Lack(Capability.PRIVATE_TARGET, target, why)

    def _private(self, address: str) -> str | None:
        """Return host and port of an address that only a grant would open; None when it is open, or leads nowhere."""
        url = httpx.URL(address)
        try:
            Gate.of(self._ctx.settings).admit(url, self._ctx.check)
        except Unresolved:
            return None
        except NotReachable:
            return target_of(url)
        return None

    def _account(self, name: str) -> Account | None:
        record = load_records(self._ctx.platform.store, "account", [name]).get(name)
        try:
            return accounts.read(name, record.content) if record else None
        except (KeyError, TypeError):
            return None

    def _request(self, account: Account, arguments: HttpArguments, key: str) -> httpx.Request:
        if account.address is None:
            raise Incomplete("it has no base_url, or a place in it that config does not fill")
        secrets = opened(self._ctx.settings, account)
        KNOWN.learn(secrets.values())
        headers, before, query = _credentials(account, secrets)
        asked = "&".join(part for part in (urlencode(arguments.query), query) if part)
        url = httpx.URL(
            f"{account.address}{before}{quote(arguments.path, safe=PATH_SAFE)}{f'?{asked}' if asked else ''}"
        )
        if origin(str(url)) != origin(account.address):
            raise Incomplete("the path leads away from it")
        sent = {"User-Agent": "multijob", "Accept": "*/*", "Accept-Encoding": "identity", **checked(headers)}
        if arguments.method not in SAFE_TWICE:
            sent["Idempotency-Key"] = key
        if arguments.body is None or isinstance(arguments.body, str):
            return httpx.Request(arguments.method, url, headers=sent, content=arguments.body)
        return httpx.Request(arguments.method, url, headers=sent, json=arguments.body)


PATH_SAFE = "/%:@!$&'()*+,;=~-._"


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield the tool."""
    yield Http(situation)


def _credentials(account: Account, secrets: Mapping[str, str]) -> tuple[dict[str, str], str, str]:
    """Return headers, what comes before the path, and a query. Raises Incomplete."""
    template = account_templates().get(account.provider)
    if template is None or template.auth is None:
        return own_headers(account, secrets), "", ""
    if template.auth.signed:
        raise Incomplete("its requests are signed, which no agent can do")
    known = {name: text for name, text in account.config.items() if isinstance(text, str)} | dict(secrets)
    return credentials(template, known)


def observed(client: httpx.Client, request: httpx.Request) -> Observation:
    """Send the request and return what the model is told of the answer; secrets are hidden first, so that no cut halves one.

    Raises ActFailed on a status of 400 or above, and what the client raises.
    """
    answer = client.send(request, stream=True, follow_redirects=False)
    try:
        body = hidden(as_text(unpacked(read_raw(answer), answer.headers), answer.encoding or "utf-8"))
    finally:
        answer.close()
    shown: dict[str, Any] = {"status": answer.status_code, "body": body[:BODY_TOLD]}
    if len(body) > BODY_TOLD:
        shown["left_out"] = len(body) - BODY_TOLD
    if answer.has_redirect_location:
        shown["redirects_to"] = hidden(answer.headers["location"])[:300]
    if answer.status_code >= 400:
        raise ActFailed(f"it answered {answer.status_code}: {body[:500]}")
    return Observation(json.dumps(shown, ensure_ascii=False), f"{answer.status_code} {body[:300]}")
