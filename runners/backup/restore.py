"""Restoring a backup into a deployment that is empty and stands still. The whole file is checked before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from runners.backup.file import LACKING, BackupUnusable, lines
from runners.backup.key import BackupKey, KeyUnusable
from runners.backup.make import MARK
from runners.backup.secrets import resealed
from runners.engine.audit import Entry
from runners.engine.errors import Conflict
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.adopt import Copy, adopt, adopt_events
from runners.engine.protocol.audit import note
from runners.engine.store import audit
from runners.engine.store.connection import Store
from runners.engine.store.data_format import FORMAT as DATA_FORMAT
from runners.engine.store.processes import is_online, list_processes
from runners.engine.store.records import NOUNS
from runners.engine.vault import NoKey, Vault
from runners.engine.vault_keys import open_vault

WORDS = frozenset(
    {"SET", "HMSET", "HSET", "HSETNX", "HSETMAX", "HINCRBY", "RPUSH", "SADD", "ZADD", "ZREM", "PEXPIRE", "FAILURE"}
)
"""What a line of a backup may do; a file that says anything else is refused whole."""
BESIDE = ("rq:job:", "rq:suspended")
"""What RQ's own tools read has no prefix."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that is whole: its first line, how many of each kind it holds, and the SHA-256 of its lines.

    `lacking` names by kind what it says that it does not hold.
    """

    head: Mapping[str, Any]
    counts: Mapping[str, int]
    key: BackupKey | None
    digest: str
    lacking: Mapping[str, list[str]]


def check(file: IO[bytes], key_text: str | None) -> Checked:
    """Read the whole file; with a key, say too that nobody without it has changed it. Raises BackupUnusable or KeyUnusable."""
    head: dict[str, Any] = {}
    counts: Counter[str] = Counter()
    lacking: dict[str, list[str]] = {kind: [] for kind in LACKING}
    key: BackupKey | None = None
    digest = ""
    for said, seal in lines(file):
        if seal is not None:
            digest = seal.digest.hex()
            if key and not key.fits(seal.digest, seal.mac):
                raise KeyUnusable("the key is not the one that this backup was made with, or the backup was changed")
        elif not head:
            head = said
            key = BackupKey(key_text, _salt(said)) if key_text is not None else None
        else:
            _check_line(said)
            if said["kind"] in LACKING:
                lacking[said["kind"]].append(str(said.get("name")))
                continue
            counts[said["kind"]] += len(said["rows"]) if "rows" in said else 1
    return Checked(head, dict(counts), key, digest, lacking)


@operation(Role.ADMIN)
def restore_backup(platform: Platform, actor: Actor, path: Path, key_text: str, tell: Callable[[int], None]) -> Checked:
    """Make the deployment of the file here. Raises BackupUnusable, KeyUnusable, NoKey, Conflict and OSError.

    One that broke off may be made again from the same file: what is there already stays as it is.
    """
    store, vault = platform.store, open_vault(platform.settings)
    with path.open("rb") as file:
        checked = check(file, key_text)
        assert checked.key is not None
        if int(checked.head.get("data_format", 0)) > DATA_FORMAT:
            raise BackupUnusable("the backup was made by a newer version; restore it with that one")
        if not vault.key_ids and any(checked.counts.get(kind) for kind in NOUNS):
            raise NoKey(vault.lack)
        _require_stillness(store)
        _require_emptiness(store, checked.digest)
        for done, (said, _) in enumerate(lines(file)):
            _apply(store, said, checked.key.vault, vault)
            tell(done)
    note(store, Entry(actor.author(), f"backup:{path.name}", None, dict(checked.counts)))
    store.redis.delete(store.keys.restoring)
    return checked


def _require_stillness(store: Store) -> None:
    if online := [one.id for one in list_processes(store) if is_online(one)]:
        raise Conflict(f"{', '.join(online[:3])} runs here; stop every process of this deployment, and restore then")


def _require_emptiness(store: Store, digest: str) -> None:
    """Raise Conflict unless nothing is here, or only what an earlier try from the same file has brought."""
    keys, redis = store.keys, store.redis
    if redis.get(keys.restoring) == digest:
        return
    there = {"jobs": keys.jobs, "runs": keys.runs, "people": keys.people, "tokens": keys.tokens, "agents": keys.agents}
    there |= {noun: keys.records(kind) for kind, noun in NOUNS.items()} | {"audit": keys.audit}
    if found := [what for what, key in there.items() if redis.exists(key)]:
        raise Conflict(
            f"this deployment is not empty ({', '.join(found)}); restore into an empty database or KEY_PREFIX"
        )
    redis.set(keys.restoring, digest)


def _apply(store: Store, said: Mapping[str, Any], old: Vault, new: Vault) -> None:
    kind = said["kind"]
    if kind == "events":
        adopt_events(store, said["rows"])
        store.redis.set(store.keys.notified_until, store.redis.get(store.keys.last_event) or "0")  # all told already
    elif kind == "audit":
        _chain(store, said["rows"])
    elif kind not in ("backup", "end", *LACKING):
        writes = [tuple(_prefixed(write, store.keys.prefix)) for write in said["writes"]]
        if kind in NOUNS:
            lost: list[str] = []
            writes = [*resealed(kind, said["name"], writes, old, new, lost), *_sealed_with(store, new)]
        queued = tuple((str(run), str(priority)) for run, priority in said.get("queued", ()))
        adopt(store, Copy(_key(said["key"], store.keys.prefix), tuple(writes), queued=queued))


def _sealed_with(store: Store, vault: Vault) -> list[tuple[str, ...]]:
    return [("SADD", store.keys.sealing_keys, vault.key_ids[0])]


def _chain(store: Store, rows: Sequence[Sequence[Any]]) -> None:
    """Put down entries of the audit as they are, with what finds them, and make the newest one its head."""
    pipe = store.redis.pipeline()
    for place, row in rows:
        pipe.zadd(store.keys.audit, {row: place})
        if entry := audit.read_entry(row):
            for index in ("object", "actor"):
                name = str(entry.said.get(index))
                pipe.zadd(store.keys.audit_of(index, name), {str(entry.row.id): entry.row.id})
            pipe.set(store.keys.audit_head, entry.row.head.text())
    pipe.execute()


def _check_line(said: Mapping[str, Any]) -> None:
    if said["kind"] in ("events", "audit"):
        fits = isinstance(said.get("rows"), list)
    else:
        writes = said.get("writes")
        fits = isinstance(said.get("key"), str) and isinstance(writes, list) and all(map(_is_write, writes))
    if not fits:
        raise BackupUnusable(f"a line of the kind {said['kind']!r} does what no backup does; nothing of it is restored")


def _is_write(write: Any) -> bool:
    if not isinstance(write, list) or len(write) < 3 or not all(isinstance(word, str) for word in write):
        return False
    return write[0] in WORDS and (write[0] == "FAILURE" or write[1].startswith((MARK, *BESIDE)))


def _prefixed(write: Sequence[str], prefix: str) -> list[str]:
    return list(write) if write[0] == "FAILURE" else [write[0], _key(write[1], prefix), *write[2:]]


def _key(key: str, prefix: str) -> str:
    return prefix + key[len(MARK) :] if key.startswith(MARK) else key


def _salt(head: Mapping[str, Any]) -> bytes:
    try:
        return bytes.fromhex(head["salt"])
    except (KeyError, TypeError, ValueError):
        raise BackupUnusable("the first line of the backup has no salt") from None
