"""Records that people keep (`store/records.py`), of whatever kind: read, saved, deleted and tried in one way.

What the audit says of one is all that is shown of it, masks included, and nothing that is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Literal, TypeVar

from runners.engine.audit import Entry
from runners.engine.errors import NotFound, Stale, Unreadable
from runners.engine.operations.roles import Actor
from runners.engine.platform import Platform
from runners.engine.protocol import records as protocol
from runners.engine.protocol.records import Put, Remove, Said, stale
from runners.engine.store import records
from runners.engine.store.page import Page
from runners.engine.store.records import NOUNS, Kind, Record

TRIES = 5
"""How often a change is tried when somebody else's comes in between."""
Status = Literal["created", "updated", "unchanged"]
Content = Mapping[str, Any]
Answer = TypeVar("Answer")
Row = TypeVar("Row")


def existing(platform: Platform, kind: Kind, name: str) -> Record:
    """Return the record. Raises NotFound and Unreadable."""
    record = records.load_record(platform.store, kind, name)
    if record is None:
        raise _missing(kind, name)
    return record


def page_of(page: Page[Record], read: Callable[[Record], Row]) -> Page[Row]:
    """Return the page of what `read` makes of its records; one of which it raises Unreadable is named, and hides no other."""
    rows = readable(page.rows, read)
    lost = (record.name for record in page.rows if record.name not in rows)
    return Page(tuple(rows.values()), page.total, page.next_cursor, page.complete, (*page.unreadable, *lost))


def readable(found: Iterable[Record], read: Callable[[Record], Row]) -> dict[str, Row]:
    """Return by name what `read` makes of records, without those of which it raises Unreadable."""
    rows: dict[str, Row] = {}
    for record in found:
        with suppress(Unreadable):
            rows[record.name] = read(record)
    return rows


def save(
    platform: Platform,
    actor: Actor,
    kind: Kind,
    name: str,
    content: Callable[[Record | None], Content],
    said: Said | None = None,
    create_only: bool = False,
    expected: int | None = None,
) -> Status:
    """Put what `content` makes of the record as it is now, and write the event if there is one, unless nothing changes.

    Raises Stale when it is not of the `expected` version (or exists, with `create_only`), and what `content` raises.
    """

    def once() -> Status:
        record = records.load_record(platform.store, kind, name)
        version = record.version if record else 0
        refuse_stale(kind, name, version, 0 if create_only else None)
        refuse_stale(kind, name, version, expected)
        made = content(record)
        if record and made == record.content:
            return "unchanged"
        entry = Entry(actor.author(), f"{kind}:{name}", _open(record.content) if record else None, _open(made))
        protocol.change(platform.store, entry, [Put(kind, name, made, version)], [said] if said else [])
        return "updated" if record else "created"

    return once() if create_only or expected is not None else over_others(once)


def delete(platform: Platform, actor: Actor, kind: Kind, name: str, said: Said, expected: int | None) -> None:
    """Delete the record with its secrets, one that cannot be read as well. Raises NotFound and Stale."""
    if name not in records.names(platform.store, kind):
        raise _missing(kind, name)
    record = records.load_records(platform.store, kind, [name]).get(name)
    entry = Entry(actor.author(), f"{kind}:{name}", _open(record.content) if record else None, None)
    protocol.change(platform.store, entry, [Remove(kind, name, expected)], [said])


def keep_test(
    platform: Platform, actor: Actor, kind: Kind, name: str, version: int, tested: Content, about: Content
) -> None:
    """Keep how a try of the record at `version` went, and `about` it in the audit. Raises Stale when it was changed meanwhile."""
    entry = Entry(actor.author(), f"{kind}:{name}", None, about)
    if not protocol.keep_test(platform.store, entry, kind, name, version, tested):
        raise Stale(f"{NOUNS[kind]} '{name}' was changed while it was tried; try again")


def refuse_stale(kind: Kind, name: str, version: int, expected: int | None) -> None:
    """Raise Stale when the record is not at the version that was expected: 0 for none, None for any."""
    if expected is not None and expected != version:
        raise stale(kind, name, version, expected)


def over_others(change: Callable[[], Answer]) -> Answer:
    """Do `change`, which reads first; and anew when it raises Stale, because somebody else's came in between."""
    for _ in range(TRIES - 1):
        with suppress(Stale):
            return change()
    return change()


def _open(content: Content) -> dict[str, Any]:
    told = {name: part for name, part in content.items() if name not in ("shown", "sealed")}
    shown = content.get("shown")
    return told | (shown if isinstance(shown, dict) else {})


def _missing(kind: Kind, name: str) -> NotFound:
    return NotFound(f"{NOUNS[kind]} '{name}' does not exist")
