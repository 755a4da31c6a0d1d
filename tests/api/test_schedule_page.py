"""The schedule's page: the crowded minutes of the coming day, what falls due next, and what became of past slots."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine import operations
from runners.engine.platform import Platform
from runners.engine.store.held import score
from tests.protocol.stage import Stage
from tests.round_trips import counted
from tests.store.making import ADMIN, save
from webapp import create_app
from webapp.pages import schedule


@pytest.fixture
def app(clocked: Platform, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app that counts the coming day once, however slow the machine is."""
    monkeypatch.setattr(schedule, "COUNTED_EVERY_SEC", 1e9)
    return create_app(clocked)


def words(client: FlaskClient, address: str = "/ui/schedule", **headers: str) -> str:
    """Return the page as words."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def crowd(platform: Platform, number: int = 12) -> None:
    for one in range(number):
        save(platform, f"night-{one}", schedule={"cron": "0 2 * * *"})
    save(platform, "often", schedule={"interval_sec": 300})


def test_peaks_are_named_with_who_falls_due_in_them(client: FlaskClient, clocked: Platform) -> None:
    crowd(clocked)

    html, said = client.get("/ui/schedule").text, words(client)

    assert "13 jobs with slots" in said
    (link,) = re.findall(r'href="(/ui/schedule\?at=[^"]+)">1[23] jobs at 02:00<', html)
    named = words(client, link)
    assert "night-0 , night-1 , night-10" in named
    assert 'href="/ui/jobs/night-0/schedule"' in client.get(link).text


@pytest.mark.parametrize("at", ["zz", "2030-01-01T02:00:00", "9999-12-31T23:59:59+00:00", "1970-01-01T00:00:00Z"])
def test_a_moment_that_is_none_of_the_day_shows_nobody(client: FlaskClient, clocked: Platform, at: str) -> None:
    crowd(clocked, 2)

    assert ">Close</a>" not in client.get(f"/ui/schedule?at={quote(at)}").text


def test_more_than_one_tick_lets_out_is_said(client: FlaskClient, clocked: Platform) -> None:
    crowd(clocked, 85)

    assert "more than one tick lets out" in words(client)


def test_the_next_slots_of_all_jobs_stand_in_the_order_of_time(
    client: FlaskClient, clocked: Platform, clock: Any
) -> None:
    save(clocked, "slow", schedule={"interval_sec": 25})
    save(clocked, "quick", schedule={"interval_sec": 10})

    slots = operations.next_slots(clocked, ADMIN, 4)

    begun = clock()
    assert [(slot.job.job_id, slot.at - begun) for slot in slots] == [
        ("quick", timedelta(seconds=10)),
        ("quick", timedelta(seconds=20)),
        ("slow", timedelta(seconds=25)),
        ("quick", timedelta(seconds=30)),
    ]
    assert "quick every 10 seconds" in words(client)


def test_an_interval_that_a_guard_holds_is_left_out_and_said(
    client: FlaskClient, clocked: Platform, clock: Any
) -> None:
    stage = Stage(clocked, clock)
    operations.pause_queue(clocked, ADMIN)
    save(clocked, "often", schedule={"interval_sec": 10})
    clock.advance(seconds=10)
    stage.act(stage.look())

    said = words(client)

    assert "left out: 1 job whose interval a guard holds" in said


def test_an_empty_schedule_says_so_in_both_languages(client: FlaskClient) -> None:
    assert "No enabled job has a slot ahead." in words(client)
    assert "Tidak ada job aktif yang mempunyai slot." in words(client, **{"Accept-Language": "id"})


def test_the_calendar_shows_what_became_of_each_jobs_slots(client: FlaskClient, clocked: Platform, clock: Any) -> None:
    stage = Stage(clocked, clock)
    save(clocked, "often", schedule={"interval_sec": 10}, inputs={"allow_overlap": False})
    for _ in range(4):
        clock.advance(seconds=10)
        stage.act(stage.look())
    today = clocked.store.redis.lrange(clocked.store.keys.ledger("often"), 0, -1)
    assert [row[0] for row in today] == ["d", "s"]

    days = operations.slot_days(clocked, ADMIN, ["often"], [clock().replace(hour=0, minute=0, second=0)])

    assert (days["often"].days[0].ran, days["often"].days[0].skipped) == (1, 2)
    html = client.get("/ui/schedule/calendar").text
    assert "/ui/jobs/often/decisions" in html
    assert len(re.findall(r'data-label="\w{3} \d+"', html)) == 7
    assert "No job passes these filters" in words(client, "/ui/schedule/calendar?search=zz")


def test_broken_records_hide_no_other(client: FlaskClient, clocked: Platform) -> None:
    crowd(clocked, 3)
    redis, keys = clocked.store.redis, clocked.store.keys
    redis.hset(keys.job("night-0"), "spec", "{")
    redis.hset(keys.jobs_index, "night-1", "zz")
    redis.rpush(keys.ledger("night-2"), "zz", "d|x")
    redis.zadd(keys.held, {"gone": score("overlap", 5)})

    assert "often" in words(client)
    assert "night-2" in words(client, "/ui/schedule/calendar")


@pytest.mark.parametrize("address", ["/ui/schedule", "/ui/schedule/calendar"])
def test_it_asks_the_store_as_often_with_many_jobs_as_with_few(
    client: FlaskClient, clocked: Platform, address: str
) -> None:
    crowd(clocked, 2)
    client.get(address)
    with counted(clocked) as few:
        client.get(address)
    crowd(clocked, 40)
    with counted(clocked) as many:
        answer = client.get(address)

    assert few.number == many.number
    assert len(answer.text) < 60_000


def test_what_is_dear_is_counted_once_in_a_while(client: FlaskClient, clocked: Platform) -> None:
    crowd(clocked, 2)
    assert "3 jobs with slots" in words(client)
    save(clocked, "latest", schedule={"interval_sec": 1})

    said = words(client)

    assert "3 jobs with slots" in said
    assert "latest" in said  # what falls due next is read each time
