"""First answers to requests that carry an idempotency key; kept for a day.

Of any number of requests with one key exactly one gets the claim (SET NX). A claim lives for a minute, so that a process
that dies while it acts blocks the key no longer than that; an answer replaces only the claim that it belongs to.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from runners.engine.errors import Conflict
from runners.engine.store.connection import Store

KEPT_MS = 24 * 60 * 60 * 1000
CLAIM_MS = 60 * 1000

REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to the request with this fingerprint."""

    fingerprint: str
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to act for one key: its place in the store and the text that stands there meanwhile."""

    place: str
    text: str
    fingerprint: str


def claim(store: Store, scope: str, key: str, fingerprint: str) -> Claim | Answer:
    """Claim `key` within `scope` (who asks), or return its first answer, whatever request that one answered.

    Raises Conflict while another request with the key is still being answered.
    """
    place = _place(store, scope, key)
    text = json.dumps({"claimed": secrets.token_hex(8)})
    if store.redis.set(place, text, nx=True, px=CLAIM_MS):
        return Claim(place, text, fingerprint)
    kept = json.loads(store.redis.get(place) or "{}")
    if "status" not in kept:
        raise Conflict("a request with this Idempotency-Key is being answered now; send it again in a second")
    return Answer(**kept)


def first_answer(store: Store, scope: str, key: str) -> Answer | None:
    """Return what was answered to the request that has the key within `scope`; None when none has, or is still to be."""
    kept = json.loads(store.redis.get(_place(store, scope, key)) or "{}")
    return Answer(**kept) if "status" in kept else None


def keep(store: Store, claim: Claim, answer: Answer) -> None:
    """Put `answer` in the place of its claim, for a day."""
    store.redis.eval(REPLACE, 1, claim.place, claim.text, json.dumps(asdict(answer)), KEPT_MS)


def release(store: Store, claim: Claim) -> None:
    """Give the key back, so that the same request can be sent again."""
    store.redis.eval(REPLACE, 1, claim.place, claim.text, "", KEPT_MS)


def _place(store: Store, scope: str, key: str) -> str:
    return store.keys.idempotency(scope, hashlib.sha256(key.encode()).hexdigest())
