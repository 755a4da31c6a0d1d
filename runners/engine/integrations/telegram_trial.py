"""Trying a bot's token: `getMe` of the Bot API through the gate, and in words how it went, without the token."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx

from runners.engine.deadline import Late, within
from runners.engine.errors import Conflict
from runners.engine.integrations.account_trial import Trial
from runners.engine.integrations.telegram_account import TelegramAccount
from runners.engine.known_secrets import KNOWN, hidden
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.answer import read_raw
from runners.engine.outgoing.transport import GuardedTransport
from runners.engine.secret_names import STARS
from runners.engine.settings import Settings
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault

LONGEST_SEC = 10.0
READ_BYTES = 16 * 1024
SHOWN = 300
NOT_TAKEN = (401, 404)


def token_of(settings: Settings, account: TelegramAccount) -> str | None:
    """Return the account's token, None when it has none. Raises Conflict when it cannot be opened here."""
    sealed = account.kept.sealed.get("token")
    if sealed is None:
        return None
    token = open_vault(settings).open(Owner("telegram", account.account_id, "token"), sealed)
    KNOWN.learn([token])
    return token


def try_telegram(settings: Settings, account: TelegramAccount) -> Trial:
    """Ask the Bot API whose token it is, for at most `LONGEST_SEC`. What goes wrong is the answer, not an error."""
    began = time.monotonic()
    token = None
    try:
        token = token_of(settings, account)
        trial = Trial("failed", "it has no token; set one") if token is None else _asked(settings, token)
    except Late:
        trial = Trial("failed", f"the Bot API did not answer within {LONGEST_SEC:g} s")
    except (Conflict, NotReachable, httpx.HTTPError, httpx.InvalidURL) as fault:
        trial = Trial("failed", str(fault) or type(fault).__name__)
    detail = trial.detail.replace(token, STARS) if token else trial.detail
    return Trial(trial.outcome, hidden(detail)[:SHOWN], trial.status, round((time.monotonic() - began) * 1000))


def _asked(settings: Settings, token: str) -> Trial:
    base = settings.telegram_api_base
    transport = GuardedTransport(Gate.of(settings).reaching(base), within(LONGEST_SEC))
    with (
        httpx.Client(transport=transport, trust_env=False, headers={"Accept-Encoding": "identity"}) as client,
        client.stream("GET", f"{base}/bot{token}/getMe") as answer,
    ):
        return _judged(answer.status_code, _bot(read_raw(answer, READ_BYTES)))


def _judged(status: int, bot: str | None) -> Trial:
    if status == httpx.codes.OK and bot is not None:
        return Trial("ok", f"it is the bot {bot}", status)
    if status in NOT_TAKEN:
        return Trial("refused", f"the Bot API does not take the token (it answered {status})", status)
    return Trial("failed", f"the Bot API answered {status} with something else than its JSON", status)


def _bot(body: bytes) -> str | None:
    """Return the bot's name, None when `body` is no true answer to getMe."""
    try:
        answer: Any = json.loads(body)
        name = str(answer["result"]["username"]) if answer["ok"] is True else None
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return f"@{name}" if name and name.isprintable() else None
