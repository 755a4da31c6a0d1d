"""Bulk operations on jobs: what the preview says is what is done, to exactly the jobs that were chosen, each once."""

import json

import pytest

from runners.bulk_work import BulkWork
from runners.engine import operations
from runners.engine.bulk import Action, ItemOutcome, State
from runners.engine.errors import Conflict, CountDiffers, Forbidden, Invalid
from runners.engine.job_bulk import Does, Wish, told
from runners.engine.operations import Actor, JobFilter, Role, Selection
from runners.engine.protocol import bulk as protocol
from runners.engine.run import RunStatus
from runners.engine.store import bulks
from runners.engine.words import Language
from tests.store.making import ADMIN, claim, save, start

OPERATOR = Actor("olga", Role.OPERATOR, "page")


@pytest.fixture
def mode():
    """The scripts are short, and conformance has its own suite."""
    return "streams-redis7"


def everything(**wanted):
    return Selection(wanted=JobFilter(**wanted))


def preview(platform, action, selection, by=ADMIN, **wish):
    return operations.preview_job_bulk(platform, by, Wish(Action(action), **wish), selection)


def begin(platform, action, selection, expected, by=ADMIN, digest=None, key=None, **wish):
    return operations.begin_job_bulk(platform, by, Wish(Action(action), **wish), selection, expected, digest, key)


def finish(platform, bulk):
    """Do what is left, and return the operation with what became of each job."""
    while operations.get_job_bulk(platform, ADMIN, bulk.bulk_id).state.works:
        platform.store.redis.delete(platform.store.keys.bulks_turn)
        BulkWork(platform).step()
    items = operations.bulk_items(platform, ADMIN, bulk.bulk_id, 500).rows
    return {item.job_id: (str(item.outcome), told(item.detail, Language.EN)) for item in items}


def job(platform, job_id):
    return operations.get_job(platform, ADMIN, job_id)


def foretold(plan):
    return {fate.job_id: (str(fate.does), fate.said(Language.EN)) for fate in plan.fates}


def test_disabling_says_before_what_it_then_does(platform):
    save(platform, "a", schedule={"interval_sec": 60})
    save(platform, "b", enabled=False)
    save(platform, "c")

    plan = preview(platform, "disable", everything())
    became = finish(platform, begin(platform, "disable", everything(), 3, digest=plan.digest))

    assert [plan.counts[does] for does in Does] == [2, 1, 0]
    assert foretold(plan)["b"] == ("unchanged", "is disabled already")
    assert became == {"a": ("done", ""), "b": ("skipped", "is disabled already"), "c": ("done", "")}
    assert [job(platform, name).enabled for name in "abc"] == [False, False, False]


def test_enabling_names_the_next_slot_and_starts_there(platform):
    save(platform, "a", enabled=False, schedule={"cron": "0 7 * * *"})

    plan = preview(platform, "enable", everything())
    finish(platform, begin(platform, "enable", everything(), 1))

    assert f"{job(platform, 'a').next_slot_at:%Y-%m-%d %H:%M}" in foretold(plan)["a"][1]


def test_a_tag_is_given_as_a_new_version_and_taken_again(platform):
    save(platform, "a", tags=["x"])
    save(platform, "b", tags=["night"])

    gave = finish(platform, begin(platform, "tag", everything(), 2, tag="night"))
    with_it = job(platform, "a").spec.tags
    took = finish(platform, begin(platform, "untag", everything(tag="night"), 2, tag="night"))

    assert gave == {"a": ("done", "is at version 2 now"), "b": ("skipped", "has the tag night already")}
    assert with_it == ("x", "night")
    assert took == {"a": ("done", "is at version 3 now"), "b": ("done", "is at version 2 now")}
    assert (job(platform, "a").version, job(platform, "a").spec.tags) == (3, ("x",))
    assert operations.list_jobs(platform, ADMIN, JobFilter(tag="night"), 10).total == 0


def test_runs_are_asked_for_once_each_and_what_a_guard_holds_is_refused_with_its_reason(platform):
    save(platform, "free")
    save(platform, "busy", inputs={"allow_overlap": False})
    start(platform, "busy")

    plan = preview(platform, "run", everything())
    became = finish(platform, begin(platform, "run", everything(), 2))

    (run,) = operations.list_runs(platform, ADMIN, operations.RunFilter(job_id="free"), 10).rows
    assert became["free"] == ("done", run.run_id)
    assert (run.source, run.actor) == ("manual", "ada")
    assert foretold(plan)["busy"][0] == "refused"
    assert became["busy"] == ("skipped", foretold(plan)["busy"][1])


def test_a_job_with_active_runs_is_deleted_only_with_them(platform):
    save(platform, "busy")
    save(platform, "idle")
    waiting = start(platform, "busy")

    kept = finish(platform, begin(platform, "delete", everything(), 2))
    gone = finish(platform, begin(platform, "delete", everything(), 1, cancels=True))

    assert kept == {
        "idle": ("done", ""),
        "busy": ("skipped", "has active runs (1): wait for them, or cancel them with it"),
    }
    assert gone == {"busy": ("done", "")}
    assert operations.get_run(platform, ADMIN, waiting.run_id).status is RunStatus.CANCELLED
    assert operations.list_jobs(platform, ADMIN, JobFilter(), 10).total == 0


def test_a_job_that_was_changed_since_it_was_seen_is_named_and_left_alone(platform):
    seen = {name: save(platform, name).version for name in ("a", "b", "c")}
    save(platform, "b", description="another")
    operations.delete_job(platform, ADMIN, "c")

    plan = preview(platform, "disable", Selection(seen))
    became = finish(platform, begin(platform, "disable", Selection(seen), 3))

    assert became["b"] == ("skipped", "is at version 2, not at 1: somebody changed it")
    assert became["c"] == ("skipped", "does not exist any more")
    assert {name: said for name, (_, said) in foretold(plan).items() if name != "a"} == {
        name: said for name, (_, said) in became.items() if name != "a"
    }
    assert [job(platform, name).enabled for name in "ab"] == [False, True]


def test_a_job_that_is_changed_while_the_operation_waits_is_left_alone(platform):
    save(platform, "a")
    bulk = begin(platform, "disable", everything(), 1)
    save(platform, "a", description="another")

    assert finish(platform, bulk) == {"a": ("skipped", "is at version 2, not at 1: somebody changed it")}
    assert job(platform, "a").enabled


def test_nothing_is_done_when_the_selection_is_another(platform):
    save(platform, "a")
    plan = preview(platform, "disable", everything())

    with pytest.raises(CountDiffers, match="1 jobs are selected now, not 2"):
        begin(platform, "disable", everything(), 2)
    save(platform, "a", description="another")
    with pytest.raises(Conflict, match="was changed since you looked"):
        begin(platform, "disable", everything(), 1, digest=plan.digest)

    assert operations.list_job_bulks(platform, ADMIN) == []


def test_one_entry_of_the_audit_names_all_jobs_and_the_changes_write_no_other(platform):
    for name in ("a", "b"):
        save(platform, name)
    begun = platform.store.redis.zcard(platform.store.keys.audit)

    bulk = begin(platform, "tag", everything(), 2, by=OPERATOR, tag="x")
    finish(platform, bulk)

    (row,) = platform.store.redis.zrange(platform.store.keys.audit, -1, -1)
    entry = json.loads(row.split("|", 4)[4])
    assert platform.store.redis.zcard(platform.store.keys.audit) == begun + 1
    assert (entry["object"], entry["actor"], entry["after"]["tag"]) == (f"bulk:{bulk.bulk_id}", "olga", "x")
    assert entry["items"] == [{"object": "job:a", "version": "1"}, {"object": "job:b", "version": "1"}]


def test_who_is_killed_between_the_change_and_the_note_has_done_it_once(platform):
    """The change of a job and the note that it is done are one step, so that whoever goes on finds it done."""
    save(platform, "a")
    bulk = begin(platform, "tag", everything(), 1, tag="x")
    platform.store.redis.delete(platform.store.keys.bulks_turn)
    work = BulkWork(platform)
    done, protocol_done = [], protocol.done
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(protocol, "done", lambda *told: done.append(told) or 1)
        work.step()

    assert bulks.todo(platform.store, bulk.bulk_id, 10) == []
    assert done
    assert protocol_done is protocol.done
    assert finish(platform, bulk) == {"a": ("done", "is at version 2 now")}
    assert (job(platform, "a").version, operations.get_job_bulk(platform, ADMIN, bulk.bulk_id).state) == (
        2,
        State.FINISHED,
    )


def test_a_run_that_was_made_is_not_made_again_by_whoever_goes_on(platform):
    save(platform, "a")
    bulk = begin(platform, "run", everything(), 1)
    platform.store.redis.delete(platform.store.keys.bulks_turn)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(protocol, "done", lambda *told: 1)
        BulkWork(platform).step()

    became = finish(platform, bulk)

    assert operations.list_runs(platform, ADMIN, operations.RunFilter(job_id="a"), 10).total == 1
    assert became["a"][0] == "done"


def test_the_same_key_begins_one_operation(platform):
    save(platform, "a")

    first = begin(platform, "disable", everything(), 1, key="k")
    again = begin(platform, "disable", everything(), 1, key="k")
    with pytest.raises(Conflict, match="began another"):
        begin(platform, "enable", everything(), 1, key="k")

    assert first.bulk_id == again.bulk_id


@pytest.mark.parametrize(
    ("action", "tag", "fault"),
    [("tag", "", "needs a tag"), ("untag", "", "needs a tag"), ("run", "x", "takes no tag"), ("tag", "a\nb", "tag")],
)
def test_a_tag_belongs_to_its_actions(platform, action, tag, fault):
    with pytest.raises(Invalid, match=fault):
        preview(platform, action, everything(), tag=tag)


def test_only_administrators_delete(platform):
    save(platform, "a")

    for ask in (
        lambda: preview(platform, "delete", everything(), by=OPERATOR),
        lambda: begin(platform, "delete", everything(), 1, OPERATOR),
    ):
        with pytest.raises(Forbidden, match="may not delete jobs; that needs admin"):
            ask()


def test_many_jobs_are_done_bit_by_bit(platform):
    names = [f"j{number:03}" for number in range(60)]
    for name in names:
        save(platform, name)
    bulk = begin(platform, "disable", everything(), 60)
    platform.store.redis.delete(platform.store.keys.bulks_turn)

    BulkWork(platform).step()
    halfway = operations.get_job_bulk(platform, ADMIN, bulk.bulk_id)
    became = finish(platform, bulk)

    assert (halfway.left, halfway.counts[ItemOutcome.DONE]) == (35, 25)
    assert list(became) == names


def test_a_worker_is_told_to_stop_the_run_of_a_deleted_job(platform):
    save(platform, "busy")
    run = start(platform, "busy")
    claim(platform)

    became = finish(platform, begin(platform, "delete", everything(), 1, cancels=True))

    assert became == {"busy": ("done", "")}
    assert operations.get_run(platform, ADMIN, run.run_id).cancel_requested
