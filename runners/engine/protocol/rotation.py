"""Typed calls of a rotation of keys: one record at a time, and the end of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from runners.engine.audit import Entry
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store
from runners.engine.store.records import Kind


def reseal(store: Store, kind: Kind, name: str, version: int, content: Mapping[str, Any]) -> bool:
    """Write the content of the record at `version`, sealed anew; False when it is not at that version any more."""
    return bool(call(store, "reseal", kind, name, version, json.dumps(content, separators=(",", ":"))))


def sealed_with(store: Store, entry: Entry, key_ids: Collection[str]) -> None:
    """Note that all secrets are sealed with these keys now."""
    audited(store, entry, "sealed_with", len(key_ids), *sorted(key_ids))
