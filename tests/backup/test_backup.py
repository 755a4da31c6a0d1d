"""A deployment comes back whole from its file: the same answers, the same secrets with the right key, the same audit."""

from __future__ import annotations

import gzip
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from runners.backup import make_backup, restore_backup
from runners.backup.file import BackupUnusable, writing
from runners.backup.key import BackupKey, KeyUnusable
from runners.backup.restore import check
from runners.engine import operations
from runners.engine.audit_check import Check
from runners.engine.errors import Conflict, ModeRefused
from runners.engine.integrations.sealing import used_keys
from runners.engine.protocol import presence
from runners.engine.store import audit
from runners.engine.store.processes import ProcessBeat
from runners.engine.store.records import load_record
from runners.engine.vault import Owner, Sealed, Vault, key_id, new_key
from runners.engine.version import VERSION
from tests.handover.test_bring import filled, memory, server
from tests.planted import PASSWORD
from tests.store.making import ADMIN

__all__ = ["memory", "server"]
KEY = "a passphrase of the night"
TARGETS = pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])


def told(_: int) -> None:
    """Hear how far it is."""


def everything(stage) -> set[str]:
    """Return the names of all keys."""
    redis, prefix = stage.store.redis, stage.store.keys.prefix
    return {key.removeprefix(prefix) for key in redis.scan_iter(match=f"{prefix}*")}


@pytest.fixture
def kept(memory, tmp_path: Path) -> Path:
    """A backup of a deployment with something of everything."""
    operations.create_person(memory.platform, ADMIN, "ana", operations.Role.ADMIN, PASSWORD)
    operations.create_token(memory.platform, ADMIN, "ci", operations.Role.OPERATOR)
    filled(memory)
    memory.reap()
    for claimed in memory.take(9):
        memory.finish(claimed)
    make_backup(memory.platform, ADMIN, tmp_path / "all.backup", KEY, 100, True, told)
    return tmp_path / "all.backup"


def verified(stage) -> None:
    """Hold that the chain of the audit is whole, and goes on."""
    operations.create_person(stage.platform, ADMIN, "bob", operations.Role.VIEWER, PASSWORD)
    chain = Check(stage.store.seal.keys)
    for text, place in audit.walk(stage.store):
        chain.feed(text, place)
    assert chain.finish() == []


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_secrets_are_opened_by_the_keys_of_the_place_that_they_come_to(
    memory, server, platform, tmp_path: Path
) -> None:
    old, new = new_key(), new_key()
    here = replace(platform, store=memory.store, settings=replace(platform.settings, encryption_keys=(old,)))
    there = replace(platform, store=server.store, settings=replace(platform.settings, encryption_keys=(new,)))
    operations.save_account(here, ADMIN, "crm", "a", {"label": "ours", "secrets": {"token": "secret-of-a"}})
    path = tmp_path / "all.backup"

    made = make_backup(here, ADMIN, path, KEY, 10, True, told)
    restore_backup(there, ADMIN, path, KEY, told)

    owner = Owner("account", "crm/a", "secrets/token")
    in_file = next(json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines() if b'"account"' in line)
    sealed = json.loads(in_file["writes"][0][in_file["writes"][0].index("json") + 1])["sealed"]["secrets/token"]
    assert (made.lost, used_keys(server.store)) == ((), {key_id(new)})
    assert (
        Vault([new]).open(owner, load_record(server.store, "account", "crm/a").content["sealed"]["secrets/token"])
        == "secret-of-a"
    )
    assert b"secret-of-a" not in gzip.decompress(path.read_bytes())
    for wrong in (old, new):
        with pytest.raises(Sealed):
            Vault([wrong]).open(owner, sealed)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_it_is_restored_only_where_nothing_is(server, kept: Path) -> None:
    server.save("theirs")

    with pytest.raises(Conflict, match="not empty"):
        restore_backup(server.platform, ADMIN, kept, KEY, told)

    assert "job:daily" not in everything(server)


def a_worker(stage) -> ProcessBeat:
    return ProcessBeat("worker-1", "worker", "here", 1, VERSION, stage.store.now(), "")


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_it_is_restored_only_where_nothing_runs(server, kept: Path) -> None:
    presence.join(server.store, a_worker(server))

    with pytest.raises(Conflict, match="worker-1 runs here"):
        restore_backup(server.platform, ADMIN, kept, KEY, told)

    assert "job:daily" not in everything(server)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_one_that_broke_off_is_made_again_from_the_same_file(memory, server, kept: Path) -> None:
    def breaks_off(done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore_backup(server.platform, ADMIN, kept, KEY, breaks_off)
    with pytest.raises(ModeRefused, match="to its end first"):  # half of it is there
        presence.join(server.store, a_worker(server))
    restore_backup(server.platform, ADMIN, kept, KEY, told)

    assert everything(server) >= {"job:daily", "job:flaky", "people", "audit"}
    presence.join(server.store, a_worker(server))
    verified(server)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_the_file_is_for_its_owner_and_says_when_it_is_broken_or_not_yours(server, kept: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    whole = kept.read_bytes()
    text = gzip.decompress(whole)
    broken = {
        "cut": whole[: len(whole) // 2],
        "cut at a line": gzip.compress(text[: text.rindex(b"\n", 0, -1) + 1]),
        "changed": gzip.compress(text.replace(b"flaky", b"fluky", 1)),
        "longer": gzip.compress(text + text[-10:]),
        "another": b"words",
        "empty": b"",
        "flipped": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
    }

    for name, content in broken.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BackupUnusable):
            restore_backup(server.platform, ADMIN, path, KEY, told)
    with pytest.raises(KeyUnusable):
        restore_backup(server.platform, ADMIN, kept, "another passphrase", told)

    assert everything(server) <= {"data-format"}


@pytest.mark.parametrize(
    "write", [["FLUSHALL", "@x", ""], ["SET", "rq:queues", "x"], ["SET", "@x"], "SET", ["SET", "@x", 3]]
)
def test_a_file_that_does_what_no_backup_does_is_refused_whole(tmp_path: Path, write: object) -> None:
    path, key = tmp_path / "hostile", BackupKey(KEY, b"salt")
    with writing(path) as file:
        file.line({"kind": "backup", "format": 1, "salt": b"salt".hex()})
        file.line({"kind": "job", "name": "daily", "key": "@job:daily", "writes": [write]})
        file.end(key.mac(file.digest))

    with path.open("rb") as opened, pytest.raises(BackupUnusable, match="does what no backup does"):
        check(opened, KEY)


@pytest.mark.parametrize("text", ["short", "", "eleven char"])
def test_a_passphrase_that_could_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(KeyUnusable):
        BackupKey(text, b"salt")
