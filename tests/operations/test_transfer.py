"""Export and import: what went out comes in again, and an import happens whole or not at all."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Malformed
from runners.engine.operations import ImportRow, transfer
from runners.engine.store.failure_memory import failing
from tests.store.making import ADMIN, finished, save, spec

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
NEXT_MONTH = (datetime.now(UTC) + timedelta(days=30)).isoformat()
MEMORY = {
    "consecutive_failures": 4,
    "cooldown_until": TOMORROW,
    "last_error": 'no "paper"',
    "last_failure_at": "2030-01-01T00:00:00.000Z",
    "last_success_at": None,
}


def backup(*jobs, **memory):
    return {
        "format": "multijob-backup",
        "version": 1,
        "created_at": "2030-01-01T00:00:00.000Z",
        "jobs": list(jobs),
        "memory": memory,
    }


def actions(result):
    return {row.job_id: row.action for row in result.rows}


def ids(platform):
    return [job.job_id for job in operations.list_jobs(platform, ADMIN, operations.JobFilter(), 100).rows]


def test_an_export_puts_everything_back(platform):
    save(platform, "a", schedule={"cron": "0 9 * * *", "timezone": "Asia/Jakarta"}, tags=["x"], enabled=False)
    save(platform, "b", schedule={"interval_sec": 5}, inputs={"flow_group": "bank"})
    exported = json.loads(json.dumps(operations.export_document(platform, ADMIN)))
    for job_id in ("a", "b"):
        operations.delete_job(platform, ADMIN, job_id)

    result = operations.import_jobs(platform, ADMIN, exported)

    assert actions(result) == {"a": "create", "b": "create"}
    assert operations.export_document(platform, ADMIN) == exported
    assert not operations.get_job(platform, ADMIN, "a").enabled
    assert operations.get_job(platform, ADMIN, "b").next_slot_at is not None


def test_a_dry_run_says_what_would_change_and_changes_nothing(platform):
    save(platform, "same")
    save(platform, "other", description="old")

    sent = [spec("same"), spec("other", description="new", enabled=False), spec("fresh")]
    result = operations.import_jobs(platform, ADMIN, sent, dry_run=True)

    assert result.rows == (
        ImportRow("same", "unchanged"),
        ImportRow("other", "update", ("description", "enabled")),
        ImportRow("fresh", "create"),
    )
    assert not result.applied
    assert ids(platform) == ["other", "same"]
    assert operations.get_job(platform, ADMIN, "other").spec.description == "old"


def test_an_import_does_what_the_dry_run_said(platform):
    save(platform, "same")
    save(platform, "other", description="old")

    result = operations.import_jobs(platform, ADMIN, [spec("same"), spec("other", description="new"), spec("fresh")])

    versions = {job_id: operations.get_job(platform, ADMIN, job_id).version for job_id in ids(platform)}
    assert result.applied
    assert versions == {"fresh": 1, "other": 2, "same": 1}


def test_a_spec_without_the_flag_keeps_it(platform):
    save(platform, "off", enabled=False)

    operations.import_jobs(platform, ADMIN, [spec("off", description="new"), spec("fresh")])

    assert not operations.get_job(platform, ADMIN, "off").enabled
    assert operations.get_job(platform, ADMIN, "fresh").enabled


def test_a_backup_restores_failure_memory(platform):
    save(platform, "well")
    finished(platform, "well", error="no")

    sent = backup(spec("daily"), spec("well"), daily=MEMORY, well={"consecutive_failures": 0})
    result = operations.import_jobs(platform, ADMIN, sent)

    memory = operations.memory(platform, ADMIN, "daily")
    assert (result.memories, memory.consecutive_failures, memory.last_error) == (2, 4, 'no "paper"')
    assert operations.explain(platform, ADMIN, "daily").hold.guard == "cooldown"
    assert failing(platform.store, 10) == {"daily": 4}


def test_all_problems_are_named_by_place_and_nothing_is_saved(platform):
    sent = backup(spec("good"), spec("bad", timeout_ms=-1), spec("good"), {"job_id": "x", "type": "nope"})

    with pytest.raises(Invalid) as refused:
        operations.import_jobs(platform, ADMIN, sent)

    places = {problem.loc[:3] for problem in refused.value.problems}
    assert {("jobs", 1, "timeout_ms"), ("jobs", 2, "job_id"), ("jobs", 3, "type")} <= places
    assert ids(platform) == []


@pytest.mark.parametrize(
    "memory",
    [
        {"stranger": MEMORY},
        {"daily": MEMORY | {"consecutive_failures": -1}},
        {"daily": MEMORY | {"cooldown_until": "soon"}},
        {"daily": MEMORY | {"cooldown_until": NEXT_MONTH}},
        {"daily": MEMORY | {"cooldown_until": "2030-01-01T00:00:00"}},
        {"daily": MEMORY | {"cooldown_until": "9999-12-31T23:59:59-12:00"}},
        {"daily": MEMORY | {"last_failure_at": "0001-01-01T00:00:00+12:00"}},
        {"daily": MEMORY | {"failures": 1}},
        {"daily": []},
    ],
)
def test_a_wrong_memory_is_invalid(platform, memory):
    with pytest.raises(Invalid) as refused:
        operations.import_jobs(platform, ADMIN, backup(spec(), **memory))

    assert refused.value.problems[0].loc[0] == "memory"
    assert ids(platform) == []


@pytest.mark.parametrize(
    "sent",
    [
        None,
        1,
        "jobs",
        {},
        {"jobs": []},
        backup() | {"version": 2},
        backup() | {"version": True},
        backup() | {"version": 1.0},
        backup() | {"jobs": {}},
        backup() | {"memory": []},
        [1],
    ],
)
def test_what_is_neither_a_list_nor_a_backup_is_malformed(platform, sent):
    with pytest.raises(Malformed):
        operations.import_jobs(platform, ADMIN, sent)


@pytest.mark.parametrize(("field", "value"), [("memry", {}), ("created_at", "yesterday"), ("created_at", 1)])
def test_a_wrong_field_of_a_backup_is_invalid(platform, field, value):
    with pytest.raises(Invalid) as refused:
        operations.import_jobs(platform, ADMIN, backup(spec()) | {field: value})

    assert [problem.loc for problem in refused.value.problems] == [(field,)]
    assert ids(platform) == []


def test_a_job_that_changes_meanwhile_is_read_again(platform, monkeypatch):
    save(platform, "daily", description="old")
    others = iter(["theirs"])

    def restoring(*arguments):
        for description in others:
            save(platform, "daily", description=description)
        return restore(*arguments)

    restore = transfer.restore
    monkeypatch.setattr(transfer, "restore", restoring)

    result = operations.import_jobs(platform, ADMIN, [spec("fresh"), spec(description="mine")])

    assert actions(result) == {"fresh": "create", "daily": "update"}
    assert operations.get_job(platform, ADMIN, "daily").version == 3


def test_where_jobs_never_stop_changing_nothing_is_imported(platform, monkeypatch):
    monkeypatch.setattr(transfer, "restore", lambda *_: "stale")

    with pytest.raises(Conflict, match="import again"):
        operations.import_jobs(platform, ADMIN, [spec("fresh")])

    assert ids(platform) == []


def test_one_stale_job_holds_back_all_others(platform, monkeypatch):
    before = save(platform, "daily")
    save(platform, "daily", description="theirs")
    change = transfer.Change(before.spec, False, before)
    fresh = transfer.Change(before.spec.model_copy(update={"job_id": "fresh"}), True, None)

    restoring = transfer.Restoring([fresh, change])
    word = transfer.restore(platform.store, restoring, ADMIN.author(), platform.store.now())

    assert word == "stale"
    assert ids(platform) == ["daily"]


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_many_jobs_come_in_at_once(platform):
    sent = [spec(f"job-{number}", schedule={"interval_sec": 3600}) for number in range(2_000)]

    operations.import_jobs(platform, ADMIN, sent)

    assert operations.list_jobs(platform, ADMIN, operations.JobFilter(), 1).total == 2_000
