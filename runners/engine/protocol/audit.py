"""Changes with their audit entries: the script that changes also writes the entry, or neither happens."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from time import sleep
from typing import Any

from runners.engine import clock
from runners.engine.audit import Entry, Head, Row, sealed
from runners.engine.errors import AuditUnusable, StoreAway
from runners.engine.masking import shown
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

TRIES = 40
"""How often an entry is sealed anew because others wrote theirs first; each time somebody got ahead."""
LONGEST_PAUSE_SEC = 0.02
KINDS_KEPT = 1_000
WRITTEN, MOVED, BROKEN = 1, 2, 3


def audited(store: Store, entry: Entry, name: str, *args: str | int | bytes) -> Any:
    """Run the script `name`, which has the part `_audit`, with the entry about what it changes; return its own answer.

    A script that finds nothing to change writes no entry. Raises StoreAway, with nothing changed, when the chain cannot be
    read or gone on with, and redis.RedisError.
    """
    with store.seal.turn():
        for attempt in range(TRIES):
            row, known = _sealed(store, entry)
            word, answer = call(store, name, *row, *known, *args)
            if word == BROKEN:
                raise AuditUnusable(f"the audit cannot be gone on with: {answer}; see `multijob audit verify`")
            if word != MOVED:
                if word == WRITTEN:
                    store.seal.head = Head.read(str(row[2]))
                return answer
            store.seal.learn(_head(store, str(answer[0])), int(answer[1]))
            if attempt:
                sleep(random.uniform(0, LONGEST_PAUSE_SEC))
    raise StoreAway("others keep writing to the audit at this moment, and nothing was changed; try again")


def _sealed(store: Store, entry: Entry) -> tuple[tuple[str | int, ...], tuple[str | int, ...]]:
    """Return the first arguments of an audited script: the entry behind the head that is known, and that head."""
    now = store.clock() if store.clock else store.seal.now()
    head, key = store.seal.head, store.seal.keys[0]
    row: Row = sealed(entry, head, key, now)
    about = (row.id, row.text(), row.head.text(), entry.target, entry.author.name)
    return about, (head.text(), clock.to_ms(now))


def _head(store: Store, text: str) -> Head:
    """Return the head that the store has. Raises AuditUnusable when its key is none of this process's."""
    head = Head.read(text)
    if head.key and head.key not in {key.id for key in store.seal.keys}:
        raise AuditUnusable(
            f"the newest audit entry was sealed with key {head.key}, which this process does not have: every process needs "
            "the same SECRET_KEY or AUDIT_KEYS (newest first, older ones behind it); see docs/audit.md"
        )
    return head


def note(store: Store, entry: Entry) -> None:
    """Put down what changes nothing else. Raises as `audited` does."""
    audited(store, entry, "note")


def count_turned_away(store: Store, about: Mapping[str, Any], amount: int) -> None:
    """Count `amount` refusals of somebody unknown, all alike. Raises redis.RedisError."""
    text = json.dumps(shown(about), sort_keys=True, separators=(",", ":"))
    kind = hashlib.sha256(text.encode()).hexdigest()[:16]
    call(store, "turned_away", kind, amount, text, KINDS_KEPT)
