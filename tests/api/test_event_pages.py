"""The page of events: newest first, leafed through from any event, filtered by its address, and whole whatever stands in the log."""

import re

import pytest

from runners.engine import operations
from runners.engine.events import EventType
from runners.engine.operations import EventFilter
from runners.engine.protocol.events import append
from runners.engine.store import event_pages
from tests.round_trips import counted
from tests.store.making import ADMIN
from webapp.pages import events
from webapp.presentation.event_words import event_shape

RUN = "run_23ocjf4hn2_mljreuszmjmk"
ODD = "<script>alert(1)</script>"


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.setattr(events, "ROWS", 2)


def write(platform, *words, **about):
    return [append(platform.store, EventType.JOB_UPDATED, {"word": word}, **about) for word in words]


def shown(client, address):
    """Return the ids of a page's events, and the addresses it leads to."""
    answer = client.get(address)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200, text
    links = {rel: href.replace("&amp;", "&") for rel, href in re.findall(r'rel="(\w+)" href="([^"]+)"', text)}
    return re.findall(r'id="event-(\d+)"', text), links


def test_older_and_newer_lead_through_the_whole_log_and_back(client, platform, rows):
    ids = write(platform, "a", "b", "c", "d", "e")[::-1]

    first, links = shown(client, "/ui/events")
    second, on = shown(client, links["next"])
    third, end = shown(client, on["next"])
    again, _ = shown(client, end["prev"])

    assert [first, second, third] == [ids[:2], ids[2:4], ids[4:]]
    assert "prev" not in links and "next" not in end
    assert again == second


def test_the_newest_are_followed_and_a_page_of_the_past_stands_still(client, platform, rows):
    (one,) = write(platform, "a")
    live = client.get("/ui/events").get_data(as_text=True)
    still = re.search(r'href="(/ui/events\?before=\d+)"', live)[1]
    write(platform, "b")

    assert "data-poll" in live
    assert "data-poll" not in client.get(still).get_data(as_text=True)
    assert shown(client, still)[0] == [one]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("event_type=job.*", ["daily", "other"]),
        ("event_type=run.*", []),
        ("event_type=job.updated&search=OTH", ["other"]),
        ("job_id=daily", ["daily"]),
        (f"run_id={RUN}", ["other"]),
    ],
)
def test_filters_stand_in_the_address(client, platform, query, words):
    write(platform, "daily", job_id="daily")
    write(platform, "other", run_id=RUN)

    text = client.get(f"/ui/events?{query}").get_data(as_text=True)

    assert sorted(re.findall(r"</span> (daily|other)</span>", text)) == words
    for value in query.replace("&", "=").split("=")[1::2]:
        assert f'value="{value}"' in text


@pytest.mark.parametrize("query", ["event_type=No!", "before=x", "after=-1", "job_id=a/b"])
def test_what_means_nothing_is_not_found(client, query):
    assert client.get(f"/ui/events?{query}").status_code == 404


def test_a_broken_event_is_marked_and_breaks_no_other(client, platform):
    (good,) = write(platform, ODD)
    redis, keys = platform.store.redis, platform.store.keys
    redis.zadd(keys.events, {f"{int(good) + 1}|run.failed|a job|no run|{{": int(good) + 1, "garbage": int(good) + 2})

    text = client.get("/ui/events").get_data(as_text=True)

    assert len(re.findall(r'id="event-\d', text)) == 3
    assert text.count("cannot be read") == 2
    assert ODD not in text and "&lt;script&gt;" in text


def test_a_search_looks_at_so_many_events_and_says_how_far_it_came(client, platform, monkeypatch):
    monkeypatch.setattr(event_pages, "LOOKED_AT_MOST", 4)
    monkeypatch.setattr(event_pages, "READ_AT_ONCE", 2)
    (wanted,) = write(platform, "needle")
    write(platform, *"abcd")

    text = client.get("/ui/events?search=needle").get_data(as_text=True)
    found, links = shown(client, "/ui/events?search=needle")
    then, _ = shown(client, links["next"])

    assert "looked back to" in text
    assert (found, then) == ([], [wanted])


@pytest.mark.parametrize(
    "wanted", [EventFilter(), EventFilter(search="x"), EventFilter(job_id="daily")], ids=["all", "found", "job"]
)
def test_a_page_takes_as_many_round_trips_over_any_log(platform, wanted):
    taken = []
    for _ in range(2):
        write(platform, *"abc", job_id="daily")
        with counted(platform) as trips:
            operations.leaf_events(platform, ADMIN, wanted, 2)
        taken.append(trips.number)

    assert taken[0] == taken[1] <= 3


@pytest.mark.parametrize("type", list(EventType), ids=str)
def test_every_type_has_a_shape(type):
    assert event_shape(type)
