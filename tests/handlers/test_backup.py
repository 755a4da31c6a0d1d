"""A backup holds what is needed to restore, is there whole or not at all, and does not pile up."""

import hashlib
import json
import os
import re
import socket
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from runners.engine import operations
from runners.engine.handler import HandlerFailed
from runners.handlers.backup import export
from tests.handlers.context import FakeContext, perform
from tests.store.making import ADMIN, finished, save


@pytest.fixture
def ctx(clocked):
    """A run that is due at 2030-01-02T03:04:05Z."""
    return FakeContext(platform=clocked, settings=clocked.settings)


def later(ctx, **span):
    """The context of another run, due later."""
    return replace(ctx, scheduled_at=ctx.scheduled_at + timedelta(**span), run_id=f"run_2222222222_{'b' * 12}")


def test_all_jobs_and_what_is_remembered_of_them_are_in_the_file(ctx, clocked):
    save(clocked, "daily", schedule={"cron": "15 2 * * *", "timezone": "Asia/Jakarta"}, description="ü")
    save(clocked, "failing")
    save(clocked, "off", enabled=False)
    finished(clocked, "failing", error="out of paper")

    output = perform(export, ctx)

    document = json.loads(Path(output["path"]).read_bytes())
    jobs = {job["job_id"]: job for job in document["jobs"]}
    assert (document["format"], document["version"]) == ("multijob-backup", 1)
    assert {job_id: job["enabled"] for job_id, job in jobs.items()} == {"daily": True, "failing": True, "off": False}
    assert jobs["daily"]["schedule"]["timezone"] == "Asia/Jakarta"
    assert document["memory"]["failing"]["consecutive_failures"] == 1
    assert list(document["memory"]) == ["failing"]
    assert (output["jobs"], output["memories"], output["host"]) == (3, 1, socket.gethostname())


def test_a_job_that_cannot_be_read_is_named_in_the_file_the_output_and_the_log(ctx, clocked):
    save(clocked, "daily")
    save(clocked, "torn")
    clocked.store.redis.hset(clocked.store.keys.job("torn"), "spec", "{")

    output = perform(export, ctx)

    assert (output["jobs"], output["unreadable"]) == (1, ["job:torn"])
    assert json.loads(Path(output["path"]).read_bytes())["unreadable"] == ["job:torn"]
    assert any("job:torn" in line for line in ctx.lines)


def test_an_import_of_the_file_brings_back_what_was_deleted_since(ctx, clocked):
    save(clocked, "daily", schedule={"interval_sec": 60, "misfire": "skip"}, tags=["a"], inputs={"flow_group": "db"})
    save(clocked, "failing", enabled=False)
    finished(clocked, "failing", error="x" * 5000)
    document = json.loads(Path(perform(export, ctx)["path"]).read_bytes())
    before = [operations.get_job(clocked, ADMIN, job_id) for job_id in ("daily", "failing")]
    memory = operations.memory(clocked, ADMIN, "failing")
    for job in before:
        operations.delete_job(clocked, ADMIN, job.job_id)

    result = operations.import_jobs(clocked, ADMIN, document)

    after = [operations.get_job(clocked, ADMIN, job_id) for job_id in ("daily", "failing")]
    assert [row.action for row in result.rows] == ["create", "create"]
    assert [(job.spec, job.enabled) for job in after] == [(job.spec, job.enabled) for job in before]
    restored = operations.memory(clocked, ADMIN, "failing")
    assert (restored.consecutive_failures, restored.last_failure_at) == (1, memory.last_failure_at)


def test_an_import_of_the_file_changes_nothing_where_nothing_changed(ctx, clocked):
    save(clocked, "daily")
    document = json.loads(Path(perform(export, ctx)["path"]).read_bytes())

    result = operations.import_jobs(clocked, ADMIN, document)

    assert [row.action for row in result.rows] == ["unchanged"]


def test_the_file_is_named_after_the_run_and_only_its_owner_may_read_it(ctx, clocked):
    output = perform(export, ctx)

    path = Path(output["path"])
    assert path.parent == clocked.settings.data_dir / "backups"
    assert path.name == "multijob-backup-20300102T030405Z-abcdefabcdef.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert output["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert output["bytes"] == path.stat().st_size


def test_a_run_that_starts_again_overwrites_only_its_own_file(ctx):
    other = perform(export, later(ctx, hours=1))["path"]
    before = Path(other).stat().st_mtime_ns
    first = perform(export, ctx)["path"]

    again = perform(export, replace(ctx, attempt=1, redelivered=True))["path"]

    assert again == first
    assert Path(other).stat().st_mtime_ns == before
    assert len(list(Path(first).parent.iterdir())) == 2


def test_the_oldest_backups_go_and_nothing_else_does(ctx, clocked):
    folder = clocked.settings.data_dir / "backups"
    kept_by_hand = folder / "multijob-backup-before-upgrade.json"
    paths = [perform(export, later(ctx, days=day), keep=3)["path"] for day in range(5)]
    kept_by_hand.touch()

    output = perform(export, later(ctx, days=5), keep=3)

    assert sorted(map(str, folder.iterdir())) == sorted([*paths[3:], output["path"], str(kept_by_hand)])
    assert output["removed"] == 1


def test_a_late_run_of_an_old_slot_keeps_its_own_file(ctx):
    newer = perform(export, later(ctx, days=1))["path"]

    output = perform(export, ctx, keep=1)

    assert Path(output["path"]).exists()
    assert not Path(newer).exists()


def test_a_disk_that_is_full_leaves_the_file_before_and_no_rest(ctx, monkeypatch):
    path = Path(perform(export, ctx)["path"])
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(
        HandlerFailed, match=re.escape(f"backup '{path.name}' cannot be written: No space left on device")
    ):
        perform(export, ctx)

    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("inputs", [{"keep": 0}, {"keep": 1001}, {"keep": "3"}, {"path": "/etc/passwd"}])
def test_bad_inputs_are_refused_when_the_job_is_saved(inputs):
    with pytest.raises(ValidationError):
        export.parse_inputs(inputs)
