"""Checking a chain of audit entries: whether it is whole, and if not, which entries are not. Pure.

Entries that were dropped for their age are vouched for by a later entry, `drop_audit`, which says up to which number, and
what seal the first entry that stayed was sealed over. The beginning of a chain that nothing vouches for was cut off.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from runners.engine.audit import Head, Key, Row

DROPPED = "drop_audit"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and with which entry; `number` 0 is the chain as a whole."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.what}" if self.number else self.what


@dataclass(slots=True)
class Check:
    """One check of a chain, fed row by row in the order in which it is stored; then `faults` are known, `end` included.

    `unknown` counts the entries by keys that are not at hand: nobody can say whether they are genuine.
    """

    keys: Sequence[Key]
    faults: list[Fault] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    count: int = 0
    last: Row | None = None
    _first: Row | None = None
    _dropped: dict[int, str] = field(default_factory=dict)
    _seals: dict[int, str] = field(default_factory=dict)
    _witnesses: list[tuple[Head, str]] = field(default_factory=list)

    def expect(self, head: Head, seen_by: str) -> None:
        """Say before the first row that somebody has seen `head`: the chain must still hold it, unless it was dropped."""
        self._witnesses.append((head, seen_by))

    def vouch(self, through: int, seal: str) -> None:
        """Say that entries up to number `through` were dropped for their age, the last of them with `seal`."""
        self._dropped[through] = seal

    def feed(self, text: str, place: float | None = None) -> None:
        """Look at one row; `place` is its score, None in an export."""
        try:
            row = Row.read(text)
        except ValueError:
            self._say(self.last.number + 1 if self.last else 0, f"a row cannot be read: '{text[:60]}'")
            return
        if place is not None and place != row.id:
            self._say(row.number, "it does not stand in its place")
        self.count += 1
        self._compare(row)
        if any(head.number == row.number for head, _ in self._witnesses):
            self._seals[row.number] = row.seal
        self.last = row

    def finish(self, *, part: bool = False) -> list[Fault]:
        """Return all faults; `part` says that the rows need not reach back to the first entry."""
        if self._first and self._first.number > 1 and not part:
            self._vouch(self._first)
        for head, seen_by in self._witnesses:
            self._missed(head, seen_by)
        for key, number in self.unknown.items():
            self._say(0, f"{number} entries were sealed with key {key}, which is not at hand: add it to AUDIT_KEYS")
        return self.faults

    def _compare(self, row: Row) -> None:
        before, key = self.last, next((key for key in self.keys if key.id == row.key), None)
        if before is None:
            self._first = row
        elif row.number > before.number + 1:
            self._say(before.number + 1, f"{_gap(before.number + 1, row.number - 1)} missing")
        elif row.number <= before.number:
            self._say(row.number, f"it stands behind entry {before.number}: doubled, inserted or moved")
        if key is None:
            self.unknown[row.key] += 1
            return
        seal = self._seal_before(row)
        if seal is not None and not row.follows(seal, key):
            self._say(row.number, "it was changed, or does not follow the entry before it")
        else:
            self._note(row)

    def _seal_before(self, row: Row) -> str | None:
        """Return the seal over which the entry must have been sealed; None when the one before it is not known."""
        if row.number == 1:
            return ""
        return self.last.seal if self.last and row.number == self.last.number + 1 else None

    def _note(self, row: Row) -> None:
        """Remember what an entry about dropped ones vouches for."""
        said = entry_of(row) if DROPPED in row.payload else {}
        after = said.get("after")
        if said.get("operation") == DROPPED and isinstance(after, dict) and isinstance(after.get("through"), int):
            self._dropped[after["through"]] = str(after.get("seal"))
            for fault in after.get("faults", ()):
                self._say(row.number, f"what it says was dropped was not whole: {fault}")

    def _vouch(self, first: Row) -> None:
        seal = self._dropped.get(first.number - 1)
        key = next((key for key in self.keys if key.id == first.key), None)
        if seal is None:
            self._say(1, f"{_gap(1, first.number - 1)} missing, and no entry says that they were dropped for their age")
        elif key and not first.follows(seal, key):
            self._say(first.number, "it was changed, or does not follow the last of those that were dropped")

    def _missed(self, head: Head, seen_by: str) -> None:
        if head.number <= max(self._dropped, default=0):
            return
        if self._seals.get(head.number) == head.seal:
            return
        if self.last is None or self.last.number < head.number:
            have = self.last.number if self.last else 0
            self._say(
                have + 1, f"{_gap(have + 1, head.number)} missing at the end: {seen_by} has seen entry {head.number}"
            )
        else:
            self._say(head.number, f"it is another one than {seen_by} has seen")

    def _say(self, number: int, what: str) -> None:
        self.faults.append(Fault(number, what))


def _gap(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def entry_of(row: Row) -> dict[str, Any]:
    """Return what an entry says; nothing for one whose JSON cannot be read."""
    try:
        said = json.loads(row.payload)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
