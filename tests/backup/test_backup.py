"""A deployment comes back whole from its file: the same answers, the same secrets with the right key, the same audit."""

from __future__ import annotations

import gzip
import json
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from runners.backup.file import BackupUnusable, writing
from runners.backup.key import BackupKey, KeyUnusable
from runners.backup.make import make
from runners.backup.restore import check, restore
from runners.engine import operations
from runners.engine.access.identity import verify_password
from runners.engine.audit_check import Check
from runners.engine.errors import Conflict
from runners.engine.integrations.sealing import used_keys
from runners.engine.protocol import presence
from runners.engine.store import audit
from runners.engine.store.processes import ProcessBeat
from runners.engine.store.records import load_record
from runners.engine.vault import Owner, Sealed, Vault, key_id, new_key
from runners.engine.version import VERSION
from tests.handover.test_bring import filled, in_memory, memory, server
from tests.store.making import ADMIN
from webapp import create_app

__all__ = ["memory", "server"]
PASSWORD = "seven herons over the estuary"
KEY = "a passphrase of the night"
TARGETS = pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])


def told(_: int) -> None:
    """Hear how far it is."""


def everything(stage):
    """Return what is kept under every key that a backup carries, by its name."""
    redis, prefix = stage.store.redis, stage.store.keys.prefix
    read = {
        "string": redis.get,
        "hash": redis.hgetall,
        "set": lambda key: sorted(redis.smembers(key)),
        "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
        "list": lambda key: redis.lrange(key, 0, -1),
    }
    kept = ("job:", "jobs", "versions:", "incarnations", "memory:", "ledger:", "strip:", "durations:", "run:", "runs", "log",
            "audit", "events", "person:", "people", "token", "agent",
            "approval", "flow", "due:", "active:", "pending:", "retries")  # fmt: skip
    names = (key.removeprefix(prefix) for key in redis.scan_iter(match=f"{prefix}*"))
    return {name: read[redis.type(prefix + name)](prefix + name) for name in names if name.startswith(kept)}


@pytest.fixture
def kept(memory, tmp_path: Path) -> Path:
    """A backup of a deployment with something of everything."""
    operations.create_person(memory.platform, ADMIN, "ana", operations.Role.ADMIN, PASSWORD)
    operations.create_token(memory.platform, ADMIN, "ci", operations.Role.OPERATOR)
    filled(memory)
    memory.reap()
    for claimed in memory.take(9):
        memory.finish(claimed)
    make(memory.platform, tmp_path / "all.backup", KEY, 100, True, told)
    return tmp_path / "all.backup"


@TARGETS
def test_all_that_was_there_is_there_again(memory, server, kept: Path) -> None:
    restore(server.platform, kept, KEY, told)

    before, after = everything(memory), everything(server)
    (running,) = [name for name, run in before.items() if name.startswith("run:") and run["status"] == "running"]
    assert after[running]["failure_kind"] == "lost"
    differ = {name for name in before if before[name] != after.get(name)} - {running, "active:job:daily"}
    assert differ == set() and set(after) <= {*before, "runs:status:failed"}
    assert verify_password(server.platform, "ana", PASSWORD)
    verified(server)


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

    made = make(here, path, KEY, 10, True, told)
    restore(there, path, KEY, told)

    owner = Owner("account", "crm/a", "secrets/token")
    in_file = next(json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines() if b"crm/a" in line)
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
        restore(server.platform, kept, KEY, told)

    assert "job:daily" not in everything(server)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_it_is_restored_only_where_nothing_runs(server, kept: Path) -> None:
    presence.join(server.store, ProcessBeat("worker-1", "worker", "here", 1, VERSION, server.store.now(), ""))

    with pytest.raises(Conflict, match="worker-1 runs here"):
        restore(server.platform, kept, KEY, told)

    assert "job:daily" not in everything(server)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_one_that_broke_off_is_made_again_from_the_same_file(memory, server, kept: Path) -> None:
    def breaks_off(done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(server.platform, kept, KEY, breaks_off)
    restore(server.platform, kept, KEY, told)

    assert set(everything(server)) >= {"job:daily", "job:flaky", "people", "audit"}
    assert not server.store.redis.exists(server.store.keys.restoring)
    verified(server)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_the_routes_answer_as_they_did(memory, server, platform, kept: Path) -> None:
    restore(server.platform, kept, KEY, told)
    before, after = (create_app(replace(platform, store=stage.store)).test_client() for stage in (memory, server))

    for path in ("/jobs", "/jobs/daily", "/jobs/daily/versions", "/jobs/daily/decisions", "/jobs/flaky/memory", "/jobs/flaky/runs",
                 "/approvals", "/events", "/flow-groups", "/people", "/tokens", "/agents/memory", "/audit/logs", "/grants",
                 "/integrations/accounts", "/integrations/mcp/servers", "/notifications/rules", "/jobs/export"):  # fmt: skip
        first, second = before.get(path), after.get(path)
        assert (first.status_code, second.status_code) == (200, 200), path
        assert _quiet(first.json) == _quiet(second.json), path


def _quiet(answer):
    """Leave out the run that was running and what its end has changed."""
    rows = answer if isinstance(answer, list) else [answer]
    return [{name: value for name, value in row.items() if name not in ("exported_at", "last_run")} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_backup_under_load_is_consistent(clock, server, tmp_path: Path) -> None:
    for number in range(20):
        server.save(f"job-{number}", every=1)
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            server.tick(seconds=1)
            for claimed in server.take(15):
                server.finish(claimed)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(3):
            while server.store.redis.zcard(server.store.keys.runs) < 40 * (number + 1):
                ended.wait(0.05)
            make(server.platform, tmp_path / str(number), KEY, 10_000, True, told)
    finally:
        ended.set()
        worker.join()

    for number in range(3):
        again = in_memory(clock)
        restore(again.platform, tmp_path / str(number), KEY, told)
        again.check()
        verified(again)
        assert again.store.redis.zcard(again.store.keys.jobs) == 20
        assert again.store.redis.zcard(again.store.keys.runs) >= 40 * (number + 1)


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
            restore(server.platform, path, KEY, told)
    with pytest.raises(KeyUnusable):
        restore(server.platform, kept, "another passphrase", told)

    assert everything(server) == {}


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
