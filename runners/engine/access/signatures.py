"""Commands that come signed as Slack signs them (v0): taken in when an account's secret made the signature, just now.

HMAC-SHA256 over `v0:timestamp:body`, as api.slack.com/authentication/verifying-requests-from-slack has it. A command's number
is made of its trigger_id, which a retry signs anew; without one of the signature. One that is sent twice is heard once so; by
the time that it is forgotten it is too old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from runners.engine import clock
from runners.engine.errors import Conflict, StoreAway, TooLarge, Unauthorized, Unreadable
from runners.engine.integrations.slack_trial import secrets_of
from runners.engine.platform import Platform
from runners.engine.store import chats, records
from runners.engine.store.channel_accounts import SLACK_ACCOUNTS

WITHIN = timedelta(minutes=5)
LARGEST = 64 * 1024
FIELDS_READ = 50


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """Return how Slack signs `body` at `timestamp` (seconds since 1970)."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def take_in(platform: Platform, account_id: str, kind: str, body: bytes, timestamp: str, signature: str) -> None:
    """Keep a signed command for the process that serves the account; `kind` is the media type of its `body`.

    Raises Unauthorized, in the same words whatever is wrong, TooLarge, and StoreAway when too many wait already.
    """
    if len(body) > LARGEST:
        raise TooLarge(f"a command has at most {LARGEST} bytes")
    right = signature_of(_secret(platform, account_id), timestamp, body)
    if not hmac.compare_digest(right.encode(), signature.encode()) or not _is_fresh(platform, timestamp):
        raise Unauthorized("this is not signed by the account's secret within the last five minutes", wrong=True)
    text = body.decode("utf-8", "replace")
    number = int(hashlib.sha256((_trigger(kind, text) or right).encode()).hexdigest()[:12], 16)
    update = {"update_id": number, "kind": kind, "body": text}
    if chats.was_heard(platform.store, place := f"slack:{account_id}", number):
        return
    if not chats.receive(platform.store, place, json.dumps(update, separators=(",", ":"))):
        raise StoreAway("too many commands wait already; send it again later")


def fields_of(kind: str, body: str) -> dict[str, Any]:
    """Return what a command says: a form, JSON, or JSON in a form. Raises ValueError, TypeError or RecursionError."""
    said: dict[str, Any] = (
        json.loads(body) if kind == "application/json" else dict(parse_qsl(body, max_num_fields=FIELDS_READ))
    )
    found: dict[str, Any] = json.loads(said["payload"]) if "payload" in said else said
    return found


def _trigger(kind: str, body: str) -> str:
    try:
        return str(fields_of(kind, body).get("trigger_id") or "")
    except (AttributeError, TypeError, ValueError, RecursionError):
        return ""


def _secret(platform: Platform, account_id: str) -> str:
    """Return the secret that signs for the account; one that nobody knows when there is none."""
    nobodys = secrets.token_hex(16)
    try:
        record = records.load_record(platform.store, "slack", account_id)
        account = SLACK_ACCOUNTS.account(record) if record else None
        found = secrets_of(platform.settings, account) if account and account.enabled else {}
    except (Conflict, Unreadable):
        return nobodys
    return found.get("signing_secret", nobodys)


def _is_fresh(platform: Platform, timestamp: str) -> bool:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 11):
        return False
    return abs(clock.to_ms(platform.store.now()) - int(timestamp) * 1000) <= clock.milliseconds(WITHIN)
