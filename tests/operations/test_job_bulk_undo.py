"""Taking back what was done to jobs: to those that it changed, while they are as it left them."""

import pytest

from runners.engine import operations
from runners.engine.bulk import ItemOutcome, State
from runners.engine.errors import Conflict
from tests.operations.test_job_bulk import OPERATOR, begin, everything, finish, job
from tests.store.making import ADMIN, save


@pytest.fixture
def mode():
    """The scripts are short, and conformance has its own suite."""
    return "streams-redis7"


def undone(platform, bulk, by=ADMIN):
    return finish(platform, operations.undo_job_bulk(platform, by, bulk.bulk_id))


@pytest.mark.parametrize(
    ("action", "tag", "before"),
    [
        ("enable", "", {"enabled": False}),
        ("disable", "", {}),
        ("tag", "night", {"tags": ["x"]}),
        ("untag", "x", {"tags": ["x"]}),
    ],
)
def test_undone_each_job_is_as_it_was(platform, action, tag, before):
    save(platform, "a", **before)
    spec, enabled = job(platform, "a").spec, job(platform, "a").enabled
    bulk = begin(platform, action, everything(), 1, tag=tag)
    finish(platform, bulk)
    changed = job(platform, "a")

    became = undone(platform, bulk, OPERATOR)

    found = operations.get_job_bulk(platform, ADMIN, bulk.bulk_id)
    assert (changed.spec, changed.enabled) != (spec, enabled)
    assert (job(platform, "a").spec.tags, job(platform, "a").enabled) == (spec.tags, enabled)
    assert became["a"][0] == "undone"
    assert (found.state, found.undone_by, found.counts[ItemOutcome.UNDONE]) == (State.UNDONE, "olga", 1)


def test_only_what_it_did_is_undone_and_only_where_nothing_else_was_changed(platform):
    for name in ("edited", "reversed", "still"):
        save(platform, name)
    save(platform, "was-so", enabled=False)
    bulk = begin(platform, "disable", everything(), 4)
    finish(platform, bulk)
    save(platform, "edited", enabled=False, description="another")
    operations.set_enabled(platform, ADMIN, "reversed", True)

    became = undone(platform, bulk)

    assert became == {
        "edited": ("kept", "is at version 2, not at 1: somebody changed it"),
        "reversed": ("kept", "is enabled already"),
        "still": ("undone", ""),
        "was-so": ("skipped", "is disabled already"),
    }
    enabled = {name: job(platform, name).enabled for name in became}
    assert enabled == {"edited": False, "reversed": True, "still": True, "was-so": False}


def test_a_tag_goes_only_from_the_version_that_it_made(platform):
    for name in ("a", "b"):
        save(platform, name)
    bulk = begin(platform, "tag", everything(), 2, tag="night")
    finish(platform, bulk)
    save(platform, "b", tags=["night"], description="another")

    became = undone(platform, bulk)

    assert became["a"] == ("undone", "is at version 3 now")
    assert became["b"] == ("kept", "is at version 3, not at 2: somebody changed it")
    assert job(platform, "b").spec.tags == ("night",)


def test_jobs_whose_turn_has_not_come_stay_as_they_are(platform):
    save(platform, "a")
    save(platform, "b", enabled=False)
    bulk = begin(platform, "disable", everything(), 2)

    became = undone(platform, bulk)

    found = operations.get_job_bulk(platform, ADMIN, bulk.bulk_id)
    assert became == {}
    assert [job(platform, name).enabled for name in "ab"] == [True, False]
    assert (found.state, found.counts[ItemOutcome.WITHDRAWN]) == (State.UNDONE, 2)


@pytest.mark.parametrize("action", ["run", "delete"])
def test_what_leaves_no_job_as_it_was_is_not_undone(platform, action):
    save(platform, "a")
    bulk = begin(platform, action, everything(), 1)

    with pytest.raises(Conflict, match="made runs or deleted jobs, so it cannot be undone"):
        operations.undo_job_bulk(platform, ADMIN, bulk.bulk_id)


def test_it_is_undone_once(platform):
    save(platform, "a")
    bulk = begin(platform, "disable", everything(), 1)
    finish(platform, bulk)
    undone(platform, bulk)

    with pytest.raises(Conflict, match="is undone already"):
        operations.undo_job_bulk(platform, ADMIN, bulk.bulk_id)
