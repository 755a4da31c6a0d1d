"""The queue's page: depth and oldest wait over time, how long the backlog takes, and what is held by what."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine import operations
from runners.engine.platform import Platform
from runners.engine.protocol.dispatch import tick
from runners.engine.store import held
from tests.protocol.stage import Stage
from tests.round_trips import counted
from tests.store.making import ADMIN, claim, save, start
from webapp import create_app


@pytest.fixture
def app(clocked: Platform) -> Flask:
    return create_app(clocked)


def words(client: FlaskClient, address: str = "/ui/queue", **headers: str) -> str:
    """Return the page as words."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def full(platform: Platform, clock: Any) -> Stage:
    """Hold jobs by an earlier run, by a flow group and by a pause."""
    stage = Stage(platform, clock)
    operations.pause_queue(platform, ADMIN, "low")
    save(platform, "own", schedule={"interval_sec": 10}, inputs={"allow_overlap": False})
    save(platform, "low", schedule={"interval_sec": 10}, inputs={"pressure_priority": "low"})
    save(platform, "first", inputs={"flow_group": "exports", "flow_max_active_runs": 1})
    save(platform, "second", schedule={"interval_sec": 10}, inputs={"flow_group": "exports"})
    for job_id in ("own", "first"):
        start(platform, job_id)
    claim(platform, 1)
    clock.advance(seconds=12)
    stage.act(stage.look())
    return stage


def test_it_says_what_is_held_by_what_with_links(client: FlaskClient, clocked: Platform, clock: Any) -> None:
    full(clocked, clock)

    said, html = words(client), client.get("/ui/queue").text

    assert "3 jobs held" in said
    assert "Pause 1 job by priority low 1 low for" in said
    assert "Flow limit 1 job by exports 1 second" in said
    assert "Overlap 1 job own for" in said
    assert 'href="/ui/flow-groups/exports"' in html
    (blocker,) = operations.list_runs(clocked, ADMIN, operations.RunFilter(job_id="own"), 1).rows
    assert f'<a href="/ui/runs/{blocker.run_id}">its run</a>' in html


def test_it_draws_depth_and_oldest_wait_over_the_range_of_the_address(
    client: FlaskClient, clocked: Platform, clock: Any
) -> None:
    redis, keys, now = clocked.store.redis, clocked.store.keys, int(clocked.store.redis.time()[0]) * 1000
    redis.lpush(
        keys.depths, f"{now - 60_000}|7|1|90000", f"{now - 30_000}|5|0|60000", "zz", f"{now - 9_000_000}|999|0|0"
    )
    redis.lpush(keys.depths_of_day, f"{now - 36_000_000}|412|1|600000")

    hour, day = client.get("/ui/queue").text, client.get("/ui/queue?range=24h").text

    assert "queue depth: 5 now, at most 7" in hour
    assert "oldest wait: 1 min now, at most 1 min 30 s" in hour
    assert hour.count('class="acted"') == 1
    assert "queue depth: 412 now, at most 412" in day
    assert "oldest wait: 10 min now" in day
    assert ">300<" in day and ">180<" in day
    assert client.get("/ui/queue?range=zz").status_code == 200


def test_it_is_empty_in_words(client: FlaskClient) -> None:
    said = words(client)

    assert "No guard holds a job at this moment." in said
    assert "none: nothing waits" in said


def test_it_speaks_bahasa_indonesia(client: FlaskClient, clocked: Platform, clock: Any) -> None:
    full(clocked, clock)

    said = words(client, **{"Accept-Language": "id"})

    assert "Ditahan oleh apa" in said
    assert "grup alur" in said.lower()


def test_a_broken_job_hides_no_other(client: FlaskClient, clocked: Platform, clock: Any) -> None:
    full(clocked, clock)
    clocked.store.redis.hset(clocked.store.keys.job("own"), "spec", "{")
    clocked.store.redis.zadd(clocked.store.keys.held, {"gone": held.score("overlap", 5)})

    said = words(client)

    assert "Overlap 2 jobs and 2 more" in said
    assert "second" in said


def test_it_asks_the_store_as_often_with_much_held_as_with_little(
    client: FlaskClient, clocked: Platform, clock: Any
) -> None:
    full(clocked, clock)
    client.get("/ui/queue")
    with counted(clocked) as few:
        client.get("/ui/queue")
    rows = {f"job-{number}": held.score("cooldown", number) for number in range(500)}
    clocked.store.redis.zadd(clocked.store.keys.held, rows)
    for number in range(30):
        clocked.store.redis.sadd(clocked.store.keys.waiting("flows"), f"group-{number}")
        clocked.store.redis.zadd(clocked.store.keys.waiting(f"flow:group-{number}"), {"x": number})
    with counted(clocked) as many:
        answer = client.get("/ui/queue")

    assert few.number == many.number
    assert "500 jobs" in answer.text
    assert len(answer.text) < 60_000


def test_a_tick_of_the_scheduler_feeds_the_charts(client: FlaskClient, clocked: Platform, clock: Any) -> None:
    save(clocked)
    start(clocked)

    tick(clocked.store, clocked.settings, 10)

    (sample,) = operations.depth_history(clocked, ADMIN, day=False)
    assert (sample.depth, sample.oldest_wait is not None) == (1, True)
