"""Checking the audit against its keys, and taking it out: directly on the store, with no web process needed.

Whoever has the store in hand could cut the newest entries off and put an older head back; the chain alone cannot tell. So
a check that found all well keeps the head in `DATA_DIR/audit.seen`, and the next one asks for it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from runners.engine.audit import Head, Key
from runners.engine.audit_check import Check, Fault
from runners.engine.clock import rfc3339
from runners.engine.platform import Platform
from runners.engine.store import audit
from runners.engine.store.audit import read_entry
from runners.engine.whole_file import replacing

SEEN = "audit.seen"
AT_ONCE = 500
UNLIKE = "what its line says is not what was sealed in its row"


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check went: what is wrong, how many entries there were, and the newest of them."""

    faults: list[Fault]
    count: int
    newest: Head | None


def check(platform: Platform) -> Checked:
    """Check the chain of a store, and remember its head when all is well. Raises StoreAway without a key."""
    checked = look(platform)
    if not checked.faults and checked.newest:
        _keep(platform.settings.data_dir / SEEN, checked.newest)
    return checked


def look(platform: Platform, newest: int | None = None) -> Checked:
    """Check the chain of a store, or its `newest` entries, and write nothing. Raises StoreAway without a key."""
    seen = platform.settings.data_dir / SEEN
    checking = Check(platform.store.seal.keys)
    head = audit.head(platform.store)  # first: what is written meanwhile comes behind it
    _expect(checking, head, "the head of the chain")
    if seen.exists() and newest is None:
        _expect(checking, seen.read_text().strip(), "an earlier check")
    for rows in _batches(audit.walk(platform.store, newest)):
        for text, place in rows:
            checking.feed(text, place)
        for number, index in audit.unlisted(platform.store, (text for text, _ in rows)):
            checking.faults.append(Fault(number, f"the index of its {index} leaves it out, so lists do not show it"))
    checked = _checked(checking, part=newest is not None)
    if not head and checked.count:
        checked.faults.append(Fault(0, "the chain has entries and no head"))
    return checked


def check_export(lines: Iterable[str], keys: tuple[Key, ...]) -> Checked:
    """Check what `export` wrote, also that what people read in it is what was sealed.

    It need not reach back to the first entry.
    """
    checking, faults = Check(keys), []
    for line in lines:
        read = _read(line)
        row = str(read.get("row", line))
        checking.feed(row)
        if "row" in read and _spelled(read) != _spelled(_exported(row)):
            faults.append(Fault(checking.last.number if checking.last else 0, UNLIKE))
    checked = _checked(checking, part=True)
    return replace(checked, faults=faults + checked.faults)


def export(platform: Platform) -> Iterator[dict[str, Any]]:
    """Yield every entry as JSON, the oldest first; `row` is what its seal was made over, and the seal."""
    for text, _ in audit.walk(platform.store):
        yield _exported(text)


def _exported(row: str) -> dict[str, Any]:
    """Return what an export says of a row: the words that people read, and the row itself."""
    entry = read_entry(row)
    about = {"number": entry.row.number, "at": rfc3339(entry.at), **entry.said} if entry else {}
    return {**about, "row": row}


def _read(line: str) -> dict[str, Any]:
    """Return a line of an export; nothing for one that is no object."""
    with suppress(ValueError):
        if isinstance(read := json.loads(line), dict):
            return read
    return {}


def _spelled(exported: dict[str, Any]) -> str:
    """Return it in one spelling, which also tells 0 from false."""
    return json.dumps(exported, sort_keys=True)


def _batches(rows: Iterator[tuple[str, float]]) -> Iterator[list[tuple[str, float]]]:
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _expect(checking: Check, text: str, seen_by: str) -> None:
    if not text:
        return
    try:
        checking.expect(Head.read(text), seen_by)
    except ValueError:
        checking.faults.append(Fault(0, f"{seen_by} cannot be read: '{text[:60]}'"))


def _checked(checking: Check, *, part: bool = False) -> Checked:
    faults = checking.finish(part=part)
    return Checked(faults, checking.count, checking.last.head if checking.last else None)


def _keep(path: Path, head: Head) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(f"{head.text()}\n".encode())
