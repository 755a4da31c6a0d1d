"""Notices as signed POST requests, by the Standard Webhooks specification 1.0.0 (headers webhook-id, -timestamp, -signature).

A receiver checks HMAC-SHA256 over `id.timestamp.body` and drops an id that it has seen: a notice may come twice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from runners.engine.clock import rfc3339
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.transport import GuardedTransport
from runners.engine.settings import Settings
from runners.notifier.fault import NotSent

if TYPE_CHECKING:
    from runners.notifier.sending import Outgoing

LONGEST_SEC = 15.0
READ_BYTES = 64 * 1024
PREFIX = "whsec_"
WORTH_REPEATING = frozenset({408, 409, 425, 429})


def send(settings: Settings, url: str, secret: str, outgoing: Outgoing) -> None:
    """Send the notice through the gate; a redirect is not followed. Raises NotSent."""
    body = payload(outgoing)
    headers = signed(outgoing.taken.delivery_id, int(time.time()), body, secret)
    ends = time.monotonic() + LONGEST_SEC

    def check() -> None:
        if time.monotonic() >= ends:
            raise NotSent(f"no whole answer within {LONGEST_SEC:g} s")

    try:
        transport = GuardedTransport(Gate.of(settings), check)
        with httpx.Client(transport=transport, trust_env=False) as client:
            request = client.build_request("POST", url, content=body, headers=headers)
            answer = client.send(request, stream=True, follow_redirects=False)
            try:
                _drain(answer)
            finally:
                answer.close()
    except NotReachable as fault:
        raise NotSent(str(fault), final=True) from None
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise NotSent(f"{httpx.URL(url).host}: {fault}") from None
    _judge(answer)


def payload(outgoing: Outgoing) -> bytes:
    """Return the body: the notice as text, and the event that it is about (null for a test and a limit)."""
    taken, event = outgoing.taken, outgoing.taken.event
    about = event and {"id": event.id, "type": event.type, "timestamp": rfc3339(event.timestamp), "data": event.data}
    return json.dumps(
        {
            "type": f"notification.{taken.kind}",
            "timestamp": rfc3339(taken.created_at),
            "data": {
                "delivery_id": taken.delivery_id,
                "rule_id": taken.rule_id,
                "attempt": taken.attempt,
                "repeats": taken.repeats,
                "subject": outgoing.text.subject,
                "text": outgoing.text.body,
                "event": about,
            },
        },
        separators=(",", ":"),
    ).encode()


def signed(message_id: str, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a signed message; a secret is `whsec_` and base64, or any other text as it is."""
    mac = hmac.new(_key(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "multijob",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _drain(answer: httpx.Response) -> None:
    """Read a little of the answer, so that a receiver which reads on while it writes is not cut off."""
    read = 0
    for part in answer.iter_raw():
        read += len(part)
        if read > READ_BYTES:
            return


def _judge(answer: httpx.Response) -> None:
    status = answer.status_code
    if 200 <= status <= 299:
        return
    host = answer.request.url.host
    if status < 500 and status not in WORTH_REPEATING:
        raise NotSent(f"{host} answered {status}", final=True)
    raise NotSent(f"{host} answered {status}", wait=_asked_wait(answer))


def _asked_wait(answer: httpx.Response) -> timedelta | None:
    """Return Retry-After in seconds (RFC 9110 §10.2.3), None for none and for a date."""
    text = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else None
