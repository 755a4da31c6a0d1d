"""What a forecast knows beside the times: likely overlaps, crowds, and what would hold the next slot now."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Save
from tests.store import making


def test_likely_overlaps_follow_from_how_long_runs_take(client: FlaskClient, save: Save, platform: Any) -> None:
    save(schedule={"interval_sec": 60})
    platform.store.redis.lpush(platform.store.keys.durations("daily"), 90_000)

    rows = client.get("/jobs/daily/forecast?count=3").json

    assert [row["likely_overlap"] for row in rows] == [False, True, True]
    assert "95 % of its runs take up to 90 s" in rows[1]["note"]
    save(schedule={"interval_sec": 60}, inputs={"allow_overlap": True})
    assert not any(row["likely_overlap"] for row in client.get("/jobs/daily/forecast?count=3").json)


@pytest.mark.reproduces("Times look wrong", "the zone is another")
def test_a_schedule_says_whose_clock_it_goes_by(client: FlaskClient, save: Save) -> None:
    save(schedule={"cron": "0 2 * * *"})
    save("local", schedule={"cron": "0 2 * * *", "timezone": "Asia/Jakarta"})

    (plain,), (local,) = (client.get(f"/jobs/{job_id}/forecast?count=1").json for job_id in ("daily", "local"))

    assert (plain["at"][10:16], local["at"][10:16]) == ("T02:00", "T19:00")
    assert "Asia/Jakarta" in client.get("/ui/jobs/local/schedule").text


@pytest.mark.reproduces("Times look wrong", "DST")
def test_a_day_on_which_clocks_are_moved_is_marked(client: FlaskClient, save: Save) -> None:
    save(schedule={"cron": "30 2 29 3 *", "timezone": "Europe/Berlin"})

    noted = [row["note"] for row in client.get("/jobs/daily/forecast?count=12").json if row["note"]]

    assert any("the clocks skip 02:30 that day; it runs when they jump" in note for note in noted)


def test_what_would_hold_the_next_slot_now_is_said_of_that_one(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    run = making.start(platform)

    rows = client.get("/jobs/daily/forecast?count=2").json

    assert (rows[0]["hold"]["guard"], rows[0]["hold"]["blocked_by"], rows[1]["hold"]) == ("overlap", [run.run_id], None)


def test_a_crowd_is_counted_without_the_job_itself(client: FlaskClient, save: Save) -> None:
    for number in range(85):
        save(f"at-noon-{number}", schedule={"cron": "0 12 1 1 *"})

    (row,) = client.get("/jobs/at-noon-0/forecast?count=1").json

    assert row["crowd"] == 84
    assert "84 other jobs are due in the same second, and at most 80 go out in one tick" in row["note"]


def test_a_preview_counts_the_crowd_too_and_stores_nothing(client: FlaskClient, save: Save) -> None:
    save(schedule={"cron": "0 12 1 1 *"})
    spec = {"job_id": "another", "type": "simulation.heavy", "schedule": {"cron": "0 12 1 1 *"}}

    found = client.post("/jobs/preview?count=2", json=spec).json["forecast"]

    assert [(row["crowd"], row["hold"]) for row in found] == [(1, None), (0, None)]
    assert client.get("/jobs/another").status_code == 404


def test_a_job_that_cannot_say_its_guards_is_forecast_all_the_same(
    client: FlaskClient, save: Save, platform: Any
) -> None:
    save()
    platform.store.redis.hset(platform.store.keys.memory("daily"), "failures", "many")

    rows = client.get("/jobs/daily/forecast?count=2").json

    assert [row["hold"] for row in rows] == [None, None]
