"""Trying an account: one request through the gate, and in words how it went, without any secret."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import httpx

from runners.engine.deadline import Late, within
from runners.engine.errors import Conflict
from runners.engine.integrations.account import Account
from runners.engine.integrations.account_probe import Probe, probe
from runners.engine.integrations.credentials import Incomplete, opened
from runners.engine.integrations.templates import account_templates
from runners.engine.known_secrets import KNOWN
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.headers import checked
from runners.engine.outgoing.transport import GuardedTransport
from runners.engine.platform import Platform

LONGEST_SEC = 10.0
SHOWN = 300
REFUSALS = (401, 403)

Outcome = Literal["ok", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a try went: the credentials were taken, were refused, or the service could not be asked. `status` is HTTP's."""

    outcome: Outcome
    detail: str
    status: int | None = None
    elapsed_ms: int = 0

    def content(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def try_account(platform: Platform, account: Account) -> Trial:
    """Ask the account's service, for at most `LONGEST_SEC`. What goes wrong is the answer, not an error."""
    began = time.monotonic()
    try:
        secrets = opened(platform.settings, account)
        KNOWN.learn(secrets.values())
        asked = probe(account, secrets, account_templates().get(account.provider))
        trial = _judged(asked, _status(platform, asked))
    except (Incomplete, NotReachable, Conflict) as fault:
        trial = Trial("failed", str(fault))
    except Late:
        trial = Trial("failed", f"no answer within {LONGEST_SEC:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        trial = Trial("failed", str(fault) or type(fault).__name__)
    detail = KNOWN.redactor.text(trial.detail)[:SHOWN]
    return replace(trial, detail=detail, elapsed_ms=round((time.monotonic() - began) * 1000))


def _status(platform: Platform, asked: Probe) -> int:
    """Send the request and return the status of its answer, whose body is not read; redirects are not followed."""
    headers = {"User-Agent": "multijob", "Accept": "*/*", **checked(dict(asked.headers))}
    transport = GuardedTransport(Gate.of(platform.settings), within(LONGEST_SEC))
    with (
        httpx.Client(transport=transport, trust_env=False, headers=headers) as client,
        client.stream(asked.method, asked.url, content=asked.body or None) as answer,
    ):
        return answer.status_code


def _judged(asked: Probe, status: int) -> Trial:
    if asked.unproven:
        outcome: Outcome = "failed" if status >= 500 else "ok"
        return Trial(outcome, f"reached, answered {status}; the credentials were not tried: {asked.unproven}", status)
    if status in REFUSALS:
        return Trial("refused", f"the service does not take the credentials (it answered {status})", status)
    if 200 <= status <= 299:
        return Trial("ok", f"the service takes the credentials (it answered {status})", status)
    return Trial("failed", f"the service answered {status}, which says nothing about the credentials", status)
