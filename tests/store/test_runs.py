"""Lists of runs: newest first, exact where an index answers, stable while runs are added."""

from datetime import timedelta

import pytest

from runners.engine import operations
from runners.engine.errors import Malformed
from runners.engine.run import RunStatus
from runners.engine.store import run_selection, runs
from runners.engine.store.run_index import RunFilter
from runners.engine.store.runs import list_runs, load_run, runs_in
from tests.store.making import ADMIN, claim, fail, finished, save, start


def ids(page):
    return [run.run_id for run in page.rows]


def pages(platform, wanted, limit):
    """Return every page of a list, by its cursors."""
    cursor = None
    while True:
        page = list_runs(platform.store, wanted, limit, cursor=cursor)
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def test_runs_come_newest_first(clocked, clock):
    save(clocked)
    made = []
    for _ in range(3):
        made.append(start(clocked).run_id)
        clock.advance(seconds=1)

    page = list_runs(clocked.store, RunFilter(), limit=10)

    assert ids(page) == made[::-1]
    assert (page.total, page.next_cursor, page.complete) == (3, None, True)


def test_a_cursor_goes_on_where_the_page_ended_while_runs_are_added(clocked, clock):
    save(clocked)
    made = {start(clocked).run_id for _ in range(5)}
    first = list_runs(clocked.store, RunFilter(), limit=2)
    clock.advance(seconds=1)
    start(clocked)

    rest = list_runs(clocked.store, RunFilter(), limit=10, cursor=first.next_cursor)

    assert set(ids(first)) | set(ids(rest)) == made
    assert len(ids(rest)) == 3
    assert rest.next_cursor is None


@pytest.mark.parametrize(
    "wanted", [RunFilter(), RunFilter(job_id="daily", source="manual"), RunFilter(status=RunStatus.QUEUED)]
)
@pytest.mark.parametrize("read_at_once", [1, 2, 3, 100])
def test_all_pages_hold_every_run_once_even_of_one_millisecond(clocked, monkeypatch, wanted, read_at_once):
    monkeypatch.setattr("runners.engine.store.run_index.READ_AT_ONCE", read_at_once)
    monkeypatch.setattr(run_selection, "READ_AT_ONCE", read_at_once)
    save(clocked)
    made = sorted((start(clocked).run_id for _ in range(7)), reverse=True)

    found = list(pages(clocked, wanted, limit=2))

    assert [run_id for page in found for run_id in ids(page)] == made
    assert {page.total for page in found} == {7}


@pytest.mark.parametrize("cursor", ["x", "!!", "e30", "WzEsMl0", "WzFlNDAwLCJhIiwxXQ", "A" * 300])
def test_a_cursor_that_is_not_ours_is_malformed(platform, cursor):
    with pytest.raises(Malformed, match="cursor"):
        list_runs(platform.store, RunFilter(), limit=2, cursor=cursor)


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        ({}, 4),
        ({"job_id": "daily"}, 3),
        ({"job_id": "none"}, 0),
        ({"flow_group": "bank"}, 1),
        ({"source": "chat"}, 1),
        ({"source": "manual"}, 3),
        ({"source": "schedule"}, 0),
        ({"status": RunStatus.QUEUED}, 2),
        ({"status": RunStatus.RUNNING}, 0),
        ({"status": RunStatus.WAITING_APPROVAL}, 0),
        ({"status": RunStatus.SUCCESS}, 1),
        ({"status": RunStatus.FAILED, "job_id": "daily"}, 1),
        ({"status": RunStatus.FAILED, "job_id": "other"}, 0),
        ({"status": RunStatus.QUEUED, "flow_group": "bank"}, 1),
        ({"status": RunStatus.QUEUED, "source": "chat", "job_id": "daily"}, 1),
        ({"search": "OUT OF"}, 1),
        ({"search": "naïve"}, 1),
        ({"search": "out.of"}, 0),
        ({"search": "DAIL"}, 3),
    ],
)
def test_filters_combine(platform, wanted, total):
    save(platform, "daily")
    save(platform, "other", inputs={"flow_group": "bank"})
    finished(platform, "daily")
    finished(platform, "daily", error='out of "paper", naïve')
    start(platform, "daily", source="chat")
    start(platform, "other")

    page = list_runs(platform.store, RunFilter(**wanted), limit=10)

    assert (page.total, len(page.rows), page.complete) == (total, total, True)


def test_since_is_inclusive_and_until_is_not(clocked, clock):
    save(clocked)
    made = []
    for _ in range(3):
        made.append(start(clocked))
        clock.advance(seconds=1)

    wanted = RunFilter(since=made[1].created_at, until=made[2].created_at)

    assert ids(list_runs(clocked.store, wanted, limit=10)) == [made[1].run_id]
    assert [run.run_id for run in runs_in(clocked.store, wanted.since, wanted.until)] == [made[1].run_id]


def test_a_walk_ends_at_its_limit_and_says_so(platform, monkeypatch):
    monkeypatch.setattr(run_selection, "WALKED_AT_MOST", 3)
    save(platform)
    for _ in range(5):
        start(platform)

    page = list_runs(platform.store, RunFilter(search="daily"), limit=10)

    assert (len(page.rows), page.total, page.complete) == (3, 3, False)


def test_a_broken_record_is_named_and_hides_no_other(platform):
    save(platform)
    good, bad = start(platform), start(platform)
    platform.store.redis.hset(platform.store.keys.run(bad.run_id), "status", "?")

    page = list_runs(platform.store, RunFilter(job_id="daily"), limit=10)

    assert ids(page) == [good.run_id]
    assert page.unreadable == (bad.run_id,)


def test_lists_leave_the_inputs_out_unless_all_is_asked_for(platform):
    save(platform, inputs={"work_ms": 200})
    start(platform)

    (short,) = list_runs(platform.store, RunFilter(), limit=1).rows
    (full,) = list_runs(platform.store, RunFilter(), limit=1, full=True).rows

    assert short.inputs == {}
    assert full.inputs["work_ms"] == 200


def test_a_page_by_one_index_costs_three_round_trips_at_most(platform, round_trips):
    save(platform)
    for _ in range(20):
        start(platform)

    with round_trips(platform) as counted:
        list_runs(platform.store, RunFilter(job_id="daily"), limit=10)

    assert counted.number <= 3


def test_a_run_that_leaves_the_state_while_its_page_is_read_is_not_shown_in_it(platform, monkeypatch):
    save(platform)
    start(platform), start(platform)
    ends, stays = claim(platform, 2)
    found = runs.select

    def select_and_end(*asked):
        selection = found(*asked)
        fail(platform, ends)
        return selection

    monkeypatch.setattr(runs, "select", select_and_end)

    page = list_runs(platform.store, RunFilter(status=RunStatus.RUNNING), limit=10)

    assert (ids(page), page.unreadable) == ([stays.run_id], ())


def test_a_run_that_is_gone_is_none(platform):
    assert load_run(platform.store, "run_none") is None


def test_the_error_of_a_failed_run_is_found_in_plain_words(platform):
    save(platform)
    run = start(platform)
    (claimed,) = claim(platform)
    fail(platform, claimed, "line one\nline two")

    page = list_runs(platform.store, RunFilter(search="one\nline"), limit=10)

    assert ids(page) == [run.run_id]


def test_events_of_a_run_are_told_in_order(clocked, clock):
    save(clocked)
    finished(clocked)
    clock.advance(minutes=1)
    run = finished(clocked)
    clock.advance(hours=2)
    finished(clocked)

    told = operations.run_events(clocked, ADMIN, run.run_id)

    assert [event.type for event in told] == ["run.queued", "run.started", "run.completed"]
    assert all(event.data["run_id"] == run.run_id for event in told)
    assert told[0].timestamp - run.created_at < timedelta(seconds=1)
