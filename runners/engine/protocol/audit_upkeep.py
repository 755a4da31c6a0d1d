"""Keeping the audit: dropping what is too old, so that it shows, and going on with one that was broken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.audit import PER_MS, Author, Entry, Head, Row, sealed
from runners.engine.audit_check import DROPPED, Check, entry_of
from runners.engine.clock import MILLISECOND
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call
from runners.engine.store import audit
from runners.engine.store.connection import Store

AT_ONCE = 1_000
RETENTION = Author("system:retention", "system", operation=DROPPED)
"""No person can have its name: the newest of its entries says where the chain begins."""
TARGET = "audit"
FAULTS_NAMED = 5
DAY_MS = timedelta(days=1) // MILLISECOND


def drop_old(store: Store, kept_for: timedelta, now: datetime) -> int:
    """Drop entries of whole days that are older than `kept_for`, at most a batch. Returns how many went.

    They are checked first. The entry that vouches for their end says what was wrong with them, so that nothing is
    laundered by growing old. Raises redis.RedisError, and StoreAway without a key.
    """
    day_ms = clock.to_ms(now - kept_for) // DAY_MS * DAY_MS
    old: Any = store.redis.zrangebyscore(
        store.keys.audit, "-inf", f"({day_ms * PER_MS}", start=0, num=AT_ONCE, withscores=True
    )
    if not old:
        return 0
    checking = Check(store.seal.keys)
    if vouched := _last_dropped(store):
        checking.vouch(*vouched)
    for text, place in old:
        checking.feed(text, place)
    faults = checking.finish()
    if checking.last is None:
        return 0
    last = checking.last
    after = {"through": last.number, "seal": last.seal, "count": len(old)}
    after |= {"faults": [str(fault) for fault in faults[:FAULTS_NAMED]]} if faults else {}
    objects, actors = _named([text for text, _ in old])
    arguments: list[str | int] = [last.id, len(objects), *objects, len(actors), *actors]
    return int(audited(store, Entry(RETENTION, TARGET, after=after), "drop_audit", *arguments))


def resume(store: Store, author: Author, reason: str) -> Head:
    """Go on with a chain that nothing goes on with. Raises redis.RedisError, and StoreAway without a key."""
    found, last = _stored_head(store), _last_row(store)
    behind = max((found or Head(), last.head if last else Head()), key=lambda head: head.number)
    after = {"reason": reason, "head": found.text() if found else "unreadable", "last": last.number if last else 0}
    row = sealed(Entry(author, TARGET, after=after), behind, store.seal.keys[0], store.now())
    call(store, "resume_audit", row.id, row.text(), row.head.text(), TARGET, author.name)
    return row.head


def _last_dropped(store: Store) -> tuple[int, str] | None:
    """Return what the newest entry about dropped ones vouches for, if it is genuine."""
    ids: Any = store.redis.zrevrange(store.keys.audit_of("actor", RETENTION.name), 0, 0)
    if not ids:
        return None
    found: Any = store.redis.zrevrangebyscore(store.keys.audit, ids[0], "-inf", start=0, num=2)
    rows = [entry.row for entry in map(audit.read_entry, found) if entry]
    after = (entry_of(rows[0]).get("after") or {}) if rows else {}
    # of a chain that is nothing but this entry, it was sealed over the last one that was dropped
    before = rows[1].seal if len(rows) > 1 else str(after.get("seal"))
    if not rows or not any(rows[0].follows(before, key) for key in store.seal.keys):
        return None
    return int(after["through"]), str(after["seal"])


def _named(texts: list[str]) -> tuple[list[str], list[str]]:
    """Return the objects and the actors that the entries name."""
    said = [entry.said for entry in map(audit.read_entry, texts) if entry]
    return sorted({str(one.get("object")) for one in said}), sorted({str(one.get("actor")) for one in said})


def _stored_head(store: Store) -> Head | None:
    try:
        return Head.read(audit.head(store))
    except ValueError:
        return None


def _last_row(store: Store) -> Row | None:
    found: Any = store.redis.zrevrange(store.keys.audit, 0, 0)
    entry = audit.read_entry(found[0]) if found else None
    return entry.row if entry else None
