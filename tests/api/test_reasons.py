"""Why a job did not run at one time, how crowded the minutes are, and what is held by what."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine import operations
from runners.engine.clock import rfc3339
from runners.engine.platform import Platform
from tests.protocol.stage import Stage
from tests.store.making import ADMIN, save, start
from webapp import create_app


@pytest.fixture
def app(clocked: Platform) -> Flask:
    """The whole app, on the test's clock."""
    return create_app(clocked)


@pytest.fixture
def held(clocked: Platform, clock: Any) -> Stage:
    """Two jobs that wait: one for its own earlier run, one for a paused priority."""
    stage = Stage(clocked, clock)
    operations.pause_queue(clocked, ADMIN, "low")
    save(clocked, "own", schedule={"interval_sec": 10}, inputs={"allow_overlap": False})
    save(clocked, "low", schedule={"interval_sec": 10}, inputs={"pressure_priority": "low"})
    start(clocked, "own")
    clock.advance(seconds=11)
    stage.act(stage.look())
    return stage


def test_what_is_held_is_counted_by_guard_and_by_what_it_waits_for(client: FlaskClient, held: Stage) -> None:
    rows = {row["guard"]: row for row in client.get("/queue/held").json}

    assert set(rows) == {"paused", "overlap"}
    assert rows["paused"]["blockers"] == [{"blocker": "queue:low", "jobs": 1}]
    assert [(job["job_id"], job["guard"]) for job in rows["overlap"]["first"]] == [("own", "overlap")]
    assert "an earlier run is still active" in rows["overlap"]["first"][0]["reason"]


def test_one_time_of_a_job_is_answered_in_a_sentence(client: FlaskClient, held: Stage, clocked: Platform) -> None:
    slot = client.get("/jobs/own").json["hold"]["slot_at"]

    answer = client.get("/jobs/own/then", query_string={"at": slot}).json
    before = client.get("/jobs/own/then?at=2020-01-01 02:00").json

    assert (answer["case"], answer["hold"]["guard"]) == ("held", "overlap")
    assert "Overlap" in answer["sentence"]
    assert (before["case"], before["at"], before["until"]) == (
        "unmade",
        "2020-01-01T02:00:00.000Z",
        "2020-01-01T02:01:00.000Z",
    )
    assert (
        "belum" in client.get("/jobs/own/then?at=2020-01-01 02:00", headers={"Accept-Language": "id"}).json["sentence"]
    )


def test_a_bare_time_is_the_last_one_of_the_jobs_own_zone(client: FlaskClient, clocked: Platform) -> None:
    save(clocked, "nightly", schedule={"cron": "0 2 * * *", "timezone": "Asia/Jakarta"})

    at = client.get("/jobs/nightly/then?at=02:00&length_sec=3600").json

    assert (at["at"], at["until"]) == ("2029-12-31T19:00:00.000Z", "2029-12-31T20:00:00.000Z")


@pytest.mark.parametrize("query", ["", "?at=soon", "?at=02:00&length_sec=0"])
def test_what_is_no_time_is_refused(client: FlaskClient, clocked: Platform, query: str) -> None:
    save(clocked, "nightly")

    assert client.get(f"/jobs/nightly/then{query}").status_code == 422


def test_full_minutes_are_said_with_the_minute_to_move_to(client: FlaskClient, clocked: Platform) -> None:
    for number in range(4):
        save(clocked, f"nightly-{number}", schedule={"cron": "0 2 * * *"})
    save(clocked, "asked")

    one = client.get("/jobs/nightly-0/crowding").json
    none = client.get("/jobs/asked/crowding").json
    day = client.get("/schedule/crowding").json

    assert (one["peak"], one["better_minute"], one["best"], one["better_cron"]) == (3, 1, 0, "1 2 * * *")
    assert one["sentence"].startswith("3 other jobs fall due in its minute")
    assert {name: value for name, value in none.items() if value is not None} == {"job_id": "asked"}
    assert (day["jobs"], day["usual"], len(day["peaks"])) == (4, 0, 1)
    assert (day["peaks"][0]["at"], day["peaks"][0]["jobs"], day["peaks"][0]["due"]) == (
        one["at"],
        4,
        [f"nightly-{number}" for number in range(4)],
    )
    assert day["start"] == rfc3339(clocked.store.now())
