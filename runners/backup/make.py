"""Making a backup: what is gathered, line by line into the file."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runners.backup.file import FORMAT, LACKING, writing
from runners.backup.gather import Gathering, Piece
from runners.backup.key import SALT_BYTES, BackupKey
from runners.engine.audit import Entry
from runners.engine.clock import rfc3339
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.audit import note
from runners.engine.store.connection import Store
from runners.engine.store.data_format import FORMAT as DATA_FORMAT
from runners.engine.vault_keys import open_vault
from runners.engine.version import VERSION

MARK = "@"
"""Stands for the prefix of a deployment's keys."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds, by kind, and what it does not: secrets that no key opens, and records that nobody can read."""

    counts: dict[str, int]
    lost: tuple[str, ...]
    broken: tuple[str, ...]


@operation(Role.ADMIN)
def make_backup(
    platform: Platform, actor: Actor, path: Path, key_text: str, runs: int, logs: bool, tell: Callable[[int], None]
) -> Made:
    """Write everything to `path`; `tell` hears how many lines there are. Raises KeyUnusable, Conflict and OSError.

    That somebody takes everything along is put down before anything is read; so the backup tells of itself, too.
    """
    salt, store = secrets.token_bytes(SALT_BYTES), platform.store
    key = BackupKey(key_text, salt)
    note(store, Entry(actor.author(), f"backup:{path.name}", None, {"runs": runs, "logs": logs}))
    gathering = Gathering(store, open_vault(platform.settings), key.vault, runs, logs)
    counts: dict[str, int] = {}
    with writing(path) as file:
        file.line(_head(store, salt))
        for said in _lines(gathering):
            file.line(said)
            rows = said.get("rows")
            counts[said["kind"]] = counts.get(said["kind"], 0) + (1 if rows is None else len(rows))
            tell(file.count)
        file.end(key.mac(file.digest))
    for kind in LACKING:
        counts.pop(kind, None)
    return Made(counts, tuple(gathering.lost), tuple(gathering.broken))


def _head(store: Store, salt: bytes) -> dict[str, Any]:
    about = {"version": VERSION, "data_format": DATA_FORMAT, "made_at": rfc3339(store.now()), "mode": store.mode.name}
    return {"kind": "backup", "format": FORMAT, **about, "salt": salt.hex()}


def _lines(gathering: Gathering) -> Iterator[dict[str, Any]]:
    prefix = gathering.store.keys.prefix
    for piece in gathering.pieces():
        yield _said(piece, prefix)
    for rows in gathering.events():
        yield {"kind": "events", "rows": rows}
    for entries in gathering.audit():
        yield {"kind": "audit", "rows": entries}
    for kind, missing in zip(LACKING, (gathering.lost, gathering.broken), strict=True):
        for name in missing:
            yield {"kind": kind, "name": name, "key": "", "writes": []}


def _said(piece: Piece, prefix: str) -> dict[str, Any]:
    writes = [_unprefixed(write, prefix) for write in piece.writes]
    said = {"kind": piece.kind, "name": piece.name, "key": _marked(piece.key, prefix), "writes": writes}
    return said | ({"queued": [list(one) for one in piece.queued]} if piece.queued else {})


def _unprefixed(write: Sequence[str], prefix: str) -> list[str]:
    """Return the write with its key marked; FAILURE has none."""
    return list(write) if write[0] == "FAILURE" else [write[0], _marked(write[1], prefix), *write[2:]]


def _marked(key: str, prefix: str) -> str:
    return MARK + key.removeprefix(prefix) if key.startswith(prefix) else key
