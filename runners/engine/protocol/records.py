"""Typed calls by which records that people keep are put and removed: several at once, with their events, in one step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from runners.engine.audit import Entry
from runners.engine.errors import Stale
from runners.engine.events import EventType
from runners.engine.protocol.audit import audited
from runners.engine.store.connection import Store
from runners.engine.store.records import NOUNS, Kind


@dataclass(frozen=True, slots=True)
class Put:
    """One record to write. `expected` is the version that it must have: 0 for none, None for any."""

    kind: Kind
    name: str
    content: Mapping[str, Any]
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """One record to remove; what is not there is removed as well. `expected` is as for `Put`."""

    kind: Kind
    name: str
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An event that is written with the change."""

    type: EventType
    about: Mapping[str, Any]


def change(store: Store, entry: Entry, changes: Sequence[Put | Remove], events: Sequence[Said]) -> list[int]:
    """Make all `changes` (each record named once) with their `events` and the audit `entry`, or do nothing at all.

    Returns the new version of each, 0 for a removed one. Raises Stale naming the first that is not at the version that
    was expected, StoreAway as `audited` does, and redis.RedisError.
    """
    told = chain.from_iterable((event.type, _text(event.about)) for event in events)
    parts = chain.from_iterable(record_arguments(one) for one in changes)
    word, *numbers = audited(store, entry, "records", len(changes), *parts, len(events), *told)
    if word == "stale":
        one = changes[int(numbers[0]) - 1]
        raise stale(one.kind, one.name, int(numbers[1]), one.expected)
    return [int(number) for number in numbers]


def keep_test(store: Store, entry: Entry, kind: Kind, name: str, version: int, outcome: Mapping[str, Any]) -> bool:
    """Keep how a try of the record at `version` went; False, and no entry, when it is not at that version any more."""
    return bool(audited(store, entry, "record_tested", kind, name, version, _text(outcome)))


def record_arguments(one: Put | Remove) -> tuple[str | int, ...]:
    """Return the script's arguments of one change."""
    expected = "" if one.expected is None else one.expected
    action, content = ("put", _text(one.content)) if isinstance(one, Put) else ("remove", "")
    return action, one.kind, one.name, expected, content


def stale(kind: Kind, name: str, version: int, expected: int | None) -> Stale:
    """Return the error about a record that is at `version`, and not at the one that was expected."""
    named = f"{NOUNS[kind]} '{name}'"
    if version == 0:
        return Stale(f"{named} does not exist, so no version of it can be changed")
    if expected == 0:
        return Stale(f"{named} exists already, at version {version}; choose another id, or change it")
    return Stale(f"{named} is at version {version} now; read it again")


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
