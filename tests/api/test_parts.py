"""Polls: an unchanged part is a 304, a part that was just drawn serves the next who asks, and nobody gets another one's."""

import re

import pytest
from flask import Flask

from webapp import create_app, polling
from webapp.polling import FORM_TOKEN, Part, Parts

POLL = {"HX-Request": "true", "HX-PTag": "-"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def poll(client, path="/ui/jobs", tag="-", **headers):
    return client.get(path, headers=POLL | {"HX-PTag": tag} | headers)


@pytest.fixture
def app(platform) -> Flask:
    """The whole app: one for all tests, because making one takes longer than any of them."""
    if not _made:
        _made.append(create_app(platform))
    found = _made[0]
    found.extensions |= {"platform": platform, "parts": Parts()}
    return found


_made: list[Flask] = []


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock by which parts grow old; it stands still until a test moves it."""
    now = [100.0]
    monkeypatch.setattr(polling, "monotonic", lambda: now[0])
    return now


def test_an_unchanged_part_has_no_body_and_a_changed_one_comes_whole(client, save, clock):
    save("daily")
    first = poll(client)
    tag = first.headers["HX-PTag"]
    clock[0] += 2

    same = poll(client, tag=tag)
    save("hourly")
    clock[0] += 2
    other = poll(client, tag=tag)

    assert (first.status_code, same.status_code, same.data) == (200, 304, b"")
    assert other.status_code == 200 and b"job-hourly" in other.data
    assert other.headers["HX-PTag"] != tag


def test_two_processes_give_an_equal_part_the_same_tag(app, client, save, monkeypatch):
    save("daily")
    tag = poll(client).headers["HX-PTag"]
    app.extensions["parts"] = Parts()
    monkeypatch.setattr(polling, "FORM_TOKEN", "another-process")

    assert poll(client, tag=tag).status_code == 304


def test_a_part_is_drawn_once_a_second_whoever_asks(app: Flask, client, save, clock):
    save("daily")
    poll(client)
    save("hourly")

    at_once = poll(app.test_client())
    clock[0] += 1
    later = poll(app.test_client())

    assert b"job-hourly" not in at_once.data
    assert b"job-hourly" in later.data


def test_the_page_of_what_is_gone_is_asked_for_as_a_whole(client, save):
    save("daily")
    assert poll(client, "/ui/jobs/daily").status_code == 200
    client.delete("/jobs/daily")
    client.application.extensions["parts"] = Parts()

    part, page = poll(client, "/ui/jobs/daily"), client.get("/ui/jobs/daily")

    assert (part.status_code, part.headers["HX-Refresh"], part.data) == (404, "true", b"")
    assert (page.status_code, "HX-Refresh" in page.headers, b"There is nothing here" in page.data) == (404, False, True)


def test_a_page_that_somebody_opens_is_drawn_anew(client, save):
    poll(client)
    save("daily")

    assert b"job-daily" in client.get("/ui/jobs").data
    assert b"job-daily" in client.get("/ui/jobs", headers={"HX-PTag": "-"}).data
    assert b"job-daily" in client.get("/ui/jobs", headers={"HX-Request": "true"}).data


def test_another_address_and_another_language_are_another_part(client, save):
    save("daily")
    poll(client)
    save("hourly")

    assert b"job-hourly" in poll(client, "/ui/jobs?search=hourly").data
    assert b"job-hourly" in poll(client, **{"Accept-Language": "id"}).data


def test_each_browser_gets_the_token_of_its_own_forms(app: Flask, client):
    mine, theirs = (poll(one, "/ui/queue").get_data(as_text=True) for one in (client, app.test_client()))
    token = TOKEN.search(mine)[1]

    answer = client.post("/ui/queue/pause", data={"csrf_token": token})

    assert FORM_TOKEN not in mine + theirs
    assert TOKEN.search(theirs)[1] != token
    assert answer.status_code == 303


def test_old_parts_are_forgotten():
    parts = Parts()
    for number in range(polling.PARTS_KEPT + 50):
        parts.keep(number, Part("tag", "text", 1.0))
    parts.keep("new", Part("tag", "text", 2.5))

    assert parts.fresh("new", 2.6) is not None
    assert parts.fresh(polling.PARTS_KEPT + 49, 1.5) is None
    assert len(parts._kept) == 1
