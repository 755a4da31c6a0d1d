"""What changes while a backup is read: nothing that is in it names what is not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from runners.backup import make_backup, restore_backup
from runners.engine import operations
from tests.handover.test_bring import memory, server
from tests.protocol.books import check_invariants
from tests.store.making import ADMIN

__all__ = ["memory", "server"]
KEY = "a passphrase of the night"
pytestmark = pytest.mark.parametrize("mode", ["streams-redis7"])


def kinds_in(path: Path) -> list[str]:
    """Return the kind of each line."""
    return [json.loads(line)["kind"] for line in gzip.decompress(path.read_bytes()).splitlines()]


def backed_up(stage, path: Path, change) -> None:
    """Make a backup, and the change as soon as its first job has been read."""
    make_backup(stage.platform, ADMIN, path, KEY, 100, True, lambda _: None)
    first_job = kinds_in(path).index("job") + 1
    make_backup(stage.platform, ADMIN, path, KEY, 100, True, lambda lines: change() if lines == first_job else None)


def test_a_run_of_a_version_that_came_meanwhile_is_left_out_with_it(memory, server, tmp_path: Path) -> None:
    memory.save("daily", every=60)
    _, before = memory.ask("daily")
    memory.work_off()
    after = []

    def edit_and_run() -> None:
        memory.save("daily", every=60, description="edited")
        memory.clock.advance(seconds=1)
        after.append(memory.ask("daily")[1])

    backed_up(memory, tmp_path / "all.backup", edit_and_run)
    restore_backup(server.platform, ADMIN, tmp_path / "all.backup", KEY, lambda _: None)

    keys, redis = server.store.keys, server.store.redis
    runs = redis.zrange(keys.runs, 0, -1)
    versions = {view.version.number for view in operations.job_versions(server.platform, ADMIN, "daily", 100, 0).rows}
    assert (before in runs, after[0] in runs) == (True, False)
    assert {int(redis.hget(keys.run(run), "job_version")) for run in runs} <= versions
    check_invariants(server.store, server.platform.settings)


def test_an_account_that_a_job_names_is_there_when_both_came_meanwhile(memory, server, tmp_path: Path) -> None:
    memory.save("a")
    memory.save("b")

    def account_and_edit() -> None:
        operations.save_account(memory.platform, ADMIN, "crm", "new", {"label": "ours"})
        memory.save("b", description="posts to crm/new")

    backed_up(memory, tmp_path / "all.backup", account_and_edit)
    restore_backup(server.platform, ADMIN, tmp_path / "all.backup", KEY, lambda _: None)

    assert server.job("b").spec.description == "posts to crm/new"
    assert operations.get_account(server.platform, ADMIN, "crm", "new").label == "ours"
