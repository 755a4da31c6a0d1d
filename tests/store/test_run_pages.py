"""Pages of runs in both directions, and the filters by end, by group of failures and by id."""

from datetime import timedelta

import pytest

from runners.engine.run import RunStatus
from runners.engine.store import run_selection
from runners.engine.store.run_index import RunFilter
from runners.engine.store.runs import list_runs
from tests.store.making import claim, fail, finished, save, start


def ids(page):
    return [run.run_id for run in page.rows]


@pytest.fixture
def seven(clocked, clock):
    """Seven queued runs, newest first; two of one millisecond."""
    save(clocked)
    made = []
    for number in range(7):
        made.append(start(clocked).run_id)
        clock.advance(milliseconds=0 if number == 3 else 1)
    return sorted(made, reverse=True)


@pytest.mark.parametrize(
    "wanted",
    [
        RunFilter(),
        RunFilter(job_id="daily", source="manual"),
        RunFilter(status=RunStatus.QUEUED),
        RunFilter(search="daily"),
    ],
    ids=["index", "walk", "state", "search"],
)
def test_the_way_back_shows_the_same_pages_while_runs_are_added(clocked, clock, seven, wanted):
    first = list_runs(clocked.store, wanted, limit=2)
    second = list_runs(clocked.store, wanted, limit=2, cursor=first.next_cursor)
    third = list_runs(clocked.store, wanted, limit=2, cursor=second.next_cursor)
    clock.advance(seconds=1)
    added = start(clocked).run_id

    back = list_runs(clocked.store, wanted, limit=2, cursor=third.newer_cursor)
    newest = list_runs(clocked.store, wanted, limit=2, cursor=back.newer_cursor)

    assert ids(first) + ids(second) + ids(third) == seven[:6]
    assert first.newer_cursor is None
    assert ids(back) == ids(second)
    assert ids(list_runs(clocked.store, wanted, limit=2, cursor=back.next_cursor)) == ids(third)
    assert ids(newest) == ids(first)
    assert ids(list_runs(clocked.store, wanted, limit=2, cursor=newest.newer_cursor)) == [added]


def test_a_search_goes_on_where_it_stopped_looking(clocked, seven):
    wanted = RunFilter(search=seven[-1][1:])

    first = list_runs(clocked.store, wanted, limit=2, among=3)
    second = list_runs(clocked.store, wanted, limit=2, cursor=first.next_cursor, among=3)
    third = list_runs(clocked.store, wanted, limit=2, cursor=second.next_cursor, among=3)

    assert (ids(first), first.complete, ids(second), second.complete) == ([], False, [], False)
    assert first.searched_to is not None and second.searched_to is not None
    assert second.searched_to < first.searched_to
    assert (ids(third), third.complete, third.next_cursor) == ([seven[-1]], True, None)


def test_a_whole_run_id_is_found_however_old_it_is(clocked, seven, monkeypatch):
    monkeypatch.setattr(run_selection, "WALKED_AT_MOST", 1)

    assert ids(list_runs(clocked.store, RunFilter(search=seven[-1]), limit=2)) == [seven[-1]]
    assert ids(list_runs(clocked.store, RunFilter(search=seven[-1], status=RunStatus.FAILED), limit=2)) == []
    for written in (seven[-1].removeprefix("run_"), f" {seven[-1].upper()} "):
        assert ids(list_runs(clocked.store, RunFilter(search=written), limit=2, among=1)) == [seven[-1]]


@pytest.mark.parametrize(("characters", "found"), [(26, 1), (14, 1), (10, 7)])
def test_the_beginning_of_a_run_id_finds_it_however_old_it_is(clocked, clock, seven, characters, found):
    clock.advance(days=1)
    for _ in range(3):
        start(clocked)
        clock.advance(days=1)

    page = list_runs(clocked.store, RunFilter(search=seven[-1][:characters]), limit=9, among=7)

    assert (ids(page), page.complete) == (seven[-found:], True)


def test_runs_are_filtered_by_their_end(clocked, clock):
    save(clocked)
    old, begun = finished(clocked), clock()
    clock.advance(hours=1)
    late = start(clocked)
    clock.advance(hours=1)
    fail(clocked, *claim(clocked))
    start(clocked)

    ended = RunFilter(ended_since=begun + timedelta(minutes=90))
    assert ids(list_runs(clocked.store, ended, limit=9)) == [late.run_id]
    assert ids(list_runs(clocked.store, RunFilter(ended_until=begun + timedelta(minutes=1)), limit=9)) == [old.run_id]


def test_the_runs_of_a_group_of_failures_come_by_their_ends(clocked, clock):
    save(clocked)
    first, second = start(clocked), start(clocked)
    early, late = claim(clocked, 2)
    fail(clocked, late, "row 1")
    clock.advance(seconds=10)
    fail(clocked, early, "row 2")
    finished(clocked, error="no paper")

    page = list_runs(clocked.store, RunFilter(failure="1"), limit=9)

    assert ids(page) == [early.run_id, late.run_id]
    assert {first.run_id, second.run_id} == set(ids(page))
    recent = RunFilter(failure="1", ended_since=clock())
    assert (ids(list_runs(clocked.store, recent, limit=9)), list_runs(clocked.store, recent, limit=9).total) == (
        [early.run_id],
        1,
    )
    assert ids(list_runs(clocked.store, RunFilter(failure="1", job_id="other"), limit=9)) == []
    assert ids(list_runs(clocked.store, RunFilter(failure="1", search="row 1"), limit=9)) == [late.run_id]
    assert ids(list_runs(clocked.store, RunFilter(failure="99"), limit=9)) == []


def test_runs_are_named_one_by_one(clocked, seven):
    wanted = RunFilter(run_ids=(seven[5], seven[1], "run_aaaaaaaaaa_aaaaaaaaaaaa"))

    page = list_runs(clocked.store, wanted, limit=9)

    assert (ids(page), page.total) == ([seven[1], seven[5]], 2)
    assert ids(list_runs(clocked.store, RunFilter(run_ids=()), limit=9)) == []
    assert wanted.to_json() == {"run_ids": ",".join(wanted.run_ids)}
