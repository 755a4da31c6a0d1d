"""Trying a Slack account: its secrets can be opened, and its token is asked whose it is (`auth.test`), in words without it."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx

from runners.engine.deadline import Late, within
from runners.engine.errors import Conflict
from runners.engine.integrations.account_trial import Trial
from runners.engine.integrations.slack_account import SlackAccount
from runners.engine.known_secrets import KNOWN, hidden
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.answer import read_raw
from runners.engine.outgoing.transport import GuardedTransport
from runners.engine.settings import Settings
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault

LONGEST_SEC = 10.0
READ_BYTES = 16 * 1024
SHOWN = 300


def secrets_of(settings: Settings, account: SlackAccount) -> dict[str, str]:
    """Return the account's secrets by their names. Raises Conflict when one cannot be opened here."""
    vault = open_vault(settings)
    sealed = account.kept.sealed.items()
    found = {name: vault.open(Owner("slack", account.account_id, name), text) for name, text in sealed}
    KNOWN.learn(found.values())
    return found


def try_slack(settings: Settings, account: SlackAccount) -> Trial:
    """Ask whose token it is, for at most `LONGEST_SEC`. What goes wrong is the answer, not an error.

    A webhook cannot be asked anything without writing into its chat, so that only what is set is looked at.
    """
    began = time.monotonic()
    try:
        secrets = secrets_of(settings, account)
        if lack := account.lack:
            trial = Trial("failed", lack)
        elif "token" in secrets:
            trial = _asked(settings, account, secrets["token"])
        else:
            trial = Trial("ok", "it is complete; a webhook can only be tried by writing to it")
    except Late:
        trial = Trial("failed", f"the Web API did not answer within {LONGEST_SEC:g} s")
    except (Conflict, NotReachable, httpx.HTTPError, httpx.InvalidURL) as fault:
        trial = Trial("failed", str(fault) or type(fault).__name__)
    return Trial(trial.outcome, hidden(trial.detail)[:SHOWN], trial.status, round((time.monotonic() - began) * 1000))


def _asked(settings: Settings, account: SlackAccount, token: str) -> Trial:
    headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {token}"}
    transport = GuardedTransport(Gate.of(settings), within(LONGEST_SEC))
    with (
        httpx.Client(transport=transport, trust_env=False, headers=headers) as client,
        client.stream("POST", f"{account.api_base}/auth.test", json={}) as answer,
    ):
        return judged(account, answer.status_code, read_raw(answer, READ_BYTES))


def judged(account: SlackAccount, status: int, body: bytes) -> Trial:
    """Return what an answer to `auth.test` says; secrets are hidden before it is cut, so that no cut halves one."""
    try:
        said: Any = json.loads(body)
        is_ok, team = said["ok"], str(said.get("team_id", ""))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return Trial("failed", f"the Web API answered {status} with something else than its JSON", status)
    if is_ok is not True:
        return Trial(
            "refused", f"the Web API does not take the token ({hidden(str(said.get('error')))[:64]!a})", status
        )
    if team != account.team:
        return Trial(
            "failed", f"the token is of the workspace {hidden(team)[:64]!a}, the account of {account.team!r}", status
        )
    return Trial("ok", f"it is the workspace {team}", status)
