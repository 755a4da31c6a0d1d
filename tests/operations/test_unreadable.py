"""A record that cannot be read lets nothing pass, and can always be replaced or deleted."""

import pytest

from runners.engine import operations
from runners.engine.errors import Forbidden, NotFound, Stale, Unreadable
from runners.engine.operations import Actor, JobFilter, Role
from runners.engine.store.failure_memory import FailureMemory
from tests.store.making import ADMIN, finished, save, spec


def break_job(platform, **fields):
    platform.store.redis.hset(platform.store.keys.job("after"), mapping={"spec": '{"a":', **fields})


@pytest.fixture
def broken(platform):
    """A platform whose job 'after', at version 1, has a broken record."""
    save(platform, "after")
    break_job(platform)
    return platform


@pytest.mark.parametrize(
    "ask",
    [
        lambda platform: operations.get_job(platform, ADMIN, "after"),
        lambda platform: operations.explain(platform, ADMIN, "after"),
        lambda platform: operations.run_job(platform, ADMIN, "after"),
        lambda platform: operations.forecast(platform, ADMIN, "after", 5),
        lambda platform: operations.set_enabled(platform, ADMIN, "after", False),
    ],
)
def test_asking_about_a_broken_job_says_what_to_do(broken, ask):
    with pytest.raises(Unreadable, match="save it again or delete it"):
        ask(broken)


@pytest.mark.parametrize("fields", [{}, {"version": "zz"}, {"version": ""}, {"held_slot": "zz"}, {"incarnation": "zz"}])
def test_saving_a_broken_job_replaces_it(broken, fields):
    break_job(broken, **fields)

    saved = operations.save_job(broken, ADMIN, spec("after", description="whole"))

    assert (saved.status, saved.job.version) == ("updated", 2)
    assert operations.get_job(broken, ADMIN, "after").spec.description == "whole"
    assert finished(broken, "after").job_version == 2


def test_a_broken_job_that_is_replaced_keeps_its_flag_where_it_would(platform):
    save(platform, "after", enabled=False)
    break_job(platform)

    assert not operations.save_job(platform, ADMIN, spec("after"), keep_enabled=True).job.enabled


@pytest.mark.parametrize("fields", [{}, {"version": "zz"}, {"held_slot": "zz"}])
def test_a_broken_job_can_be_deleted(broken, fields):
    break_job(broken, **fields)

    operations.delete_job(broken, ADMIN, "after")

    with pytest.raises(NotFound):
        operations.get_job(broken, ADMIN, "after")
    assert operations.list_jobs(broken, ADMIN, JobFilter(), limit=10).total == 0


def test_preconditions_count_for_a_broken_job_too(broken):
    with pytest.raises(Stale):
        operations.delete_job(broken, ADMIN, "after", expected_version=2)
    with pytest.raises(Stale):
        operations.save_job(broken, ADMIN, spec("after"), create_only=True)

    operations.delete_job(broken, ADMIN, "after", expected_version=1)


@pytest.mark.parametrize("field", ["failures", "cooldown_until"])
def test_a_failure_memory_that_cannot_be_read_holds_the_job_until_it_is_reset(platform, field):
    save(platform)
    platform.store.redis.hset(platform.store.keys.memory("daily"), field, "zz")

    for ask in (operations.explain, operations.run_job, operations.memory):
        with pytest.raises(Unreadable, match="failure memory cannot be read; reset the memory"):
            ask(platform, ADMIN, "daily")
    operations.reset_memory(platform, ADMIN, "daily")

    assert operations.memory(platform, ADMIN, "daily") == FailureMemory()
    assert finished(platform).job_id == "daily"


def test_the_overview_stands_beside_a_broken_failure_memory(platform):
    save(platform)
    platform.store.redis.hset(platform.store.keys.memory("daily"), "failures", "zz")
    platform.store.redis.zadd(platform.store.keys.failing, {"daily": 3})

    assert operations.overview(platform, ADMIN).failing == []


LISTS = {
    "account": ("openai/main", operations.list_accounts),
    "mcp": ("files", operations.list_mcp_servers),
    "telegram": ("ops", operations.list_telegram_accounts),
    "slack": ("ops", operations.list_slack_accounts),
    "rule": ("tell", operations.list_rules),
    "chat": ("telegram:7", operations.list_chats),
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_record_that_is_no_such_thing_is_named_and_hides_no_other(platform, kind):
    name, listed = LISTS[kind]
    fields = {"version": 1, "made_at": 1, "updated_at": 1, "json": '{"shown":7,"sealed":7}'}
    platform.store.redis.hset(platform.store.keys.record(kind, name), mapping=fields)
    platform.store.redis.zadd(platform.store.keys.records(kind), {name: 0})

    page = listed(platform, ADMIN, limit=10)

    assert (page.rows, page.total, page.unreadable) == ((), 1, (name,))


def test_an_import_replaces_a_broken_job(broken):
    result = operations.import_jobs(broken, ADMIN, [spec("after", description="whole")])

    assert [(row.job_id, row.action) for row in result.rows] == [("after", "update")]
    assert operations.get_job(broken, ADMIN, "after").spec.description == "whole"


def test_an_import_takes_no_approval_away_that_a_broken_job_may_have_required(broken):
    with pytest.raises(Forbidden, match="needs admin"):
        operations.import_jobs(broken, Actor("olga", Role.OPERATOR, "cli"), [spec("after")])
