"""Events: ascending pages counted from the newest, or on from a given place; a tail that never stands still."""

from datetime import timedelta

import pytest

from runners.engine.clock import rfc3339
from runners.engine.errors import Invalid
from runners.engine.events import EventType
from runners.engine.protocol.events import append
from runners.engine.store import event_log, events
from runners.engine.store.event_log import EventFilter
from runners.engine.store.events import last_id, list_events, tail


def write(platform, *words, job_id=None):
    """Write one event per word, and return their ids."""
    return [append(platform.store, EventType.JOB_UPDATED, {"word": word}, job_id=job_id) for word in words]


def words(page):
    return [event.data["word"] for event in page.rows]


@pytest.fixture(params=[2, 2000])
def small_reads(request, monkeypatch):
    """Read few at once, so that even short logs take several reads."""
    monkeypatch.setattr(event_log, "READ_AT_ONCE", request.param)


def test_ids_rise_within_one_millisecond_and_when_the_clock_goes_back(clocked, clock):
    first = write(clocked, "a", "b")
    clock.advance(seconds=-60)
    second = write(clocked, "c")

    ids = [int(name) for name in first + second]

    assert ids == sorted(set(ids))
    assert last_id(clocked.store) == second[-1]


def test_without_since_limit_and_offset_count_back_from_the_newest(platform):
    write(platform, *"abcde")

    page = list_events(platform.store, EventFilter(), limit=2, offset=1)

    assert words(page) == ["c", "d"]
    assert page.total == 5


def test_since_an_id_goes_on_behind_it(platform):
    ids = write(platform, *"abcde")

    page = list_events(platform.store, EventFilter(since=ids[1]), limit=2)

    assert words(page) == ["c", "d"]
    assert page.total == 3


@pytest.mark.parametrize("form", [lambda moment: moment, rfc3339])
def test_since_a_time_begins_with_it(clocked, clock, form):
    write(clocked, "a")
    moment = clock.advance(seconds=1)
    write(clocked, "b")

    assert words(list_events(clocked.store, EventFilter(since=form(moment)), limit=9)) == ["b"]


@pytest.mark.parametrize("since", ["soon", "", "-1", "2026-01-01T00:00:00", "١٢", "9" * 19])
def test_since_anything_else_is_invalid(platform, since):
    with pytest.raises(Invalid, match="since"):
        list_events(platform.store, EventFilter(since=since), limit=9)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"event_type": "job.updated"}, ["Ab.c"]),
        ({"event_type": "job.*"}, ["Ab.c"]),
        ({"event_type": "job"}, []),
        ({"event_type": "jo.*"}, []),
        ({"search": "ab.C"}, ["Ab.c"]),
        ({"search": "ab?c"}, []),
        ({"job_id": "nightly"}, ["Ab.c"]),
        ({"job_id": "night"}, []),
        ({"run_id": "run_1"}, ["x"]),
    ],
)
def test_a_filter_is_literal(platform, small_reads, wanted, found):
    write(platform, "Ab.c", job_id="nightly")
    append(platform.store, EventType.RUN_QUEUED, {"word": "x"}, job_id="other", run_id="run_1")

    assert words(list_events(platform.store, EventFilter(**wanted), limit=9)) == found


def test_a_filtered_page_is_full_although_the_count_stops(platform, monkeypatch, small_reads):
    monkeypatch.setattr(events, "WALKED_AT_MOST", 3)
    write(platform, *"abcdefgh")

    page = list_events(platform.store, EventFilter(event_type="job.*"), limit=5)

    assert words(page) == ["d", "e", "f", "g", "h"]


def test_a_dropped_or_broken_event_hides_no_other(platform, small_reads):
    store = platform.store
    first, *_ = write(platform, *"abcde", job_id="daily")
    store.redis.zremrangebyscore(store.keys.events, first, first)
    store.redis.zadd(store.keys.events, {"broken": 5})

    of_the_job = list_events(store, EventFilter(job_id="daily", event_type="job.*"), limit=9)
    of_all = list_events(store, EventFilter(event_type="job.*"), limit=9)

    assert words(of_the_job) == words(of_all) == ["b", "c", "d", "e"]


def test_a_tail_moves_on_even_when_nothing_is_wanted(platform):
    first, *_, last = write(platform, *"abc")

    found = tail(platform.store, first, EventFilter(event_type="run.*"))

    assert (found.events, found.after_id) == ((), last)
    assert tail(platform.store, last, EventFilter()).after_id == last


def test_a_tail_takes_no_more_than_its_limit_and_loses_nothing(platform):
    write(platform, *"abc")

    first = tail(platform.store, "0", EventFilter(), limit=2)
    second = tail(platform.store, first.after_id, EventFilter(), limit=2)

    assert [event.data["word"] for event in first.events + second.events] == ["a", "b", "c"]


def test_an_event_tells_its_time_and_what_it_is_about(clocked, clock):
    append(clocked.store, EventType.RUN_QUEUED, {"n": 1}, job_id="daily", run_id="run_1")

    (event,) = list_events(clocked.store, EventFilter(), limit=1).rows

    assert abs(event.timestamp - clock()) < timedelta(milliseconds=2)
    assert event.data == {"job_id": "daily", "run_id": "run_1", "n": 1}
