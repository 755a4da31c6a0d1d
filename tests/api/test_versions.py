"""A job's versions: who changed what, and the way back."""

import pytest

from runners.engine.store.page import cursor_after


@pytest.fixture
def three(save, client):
    """A job that was saved three times, and is disabled."""
    save("daily", inputs={"work_ms": 100}, tags=["a"])
    save("daily", inputs={"work_ms": 200}, tags=["a"])
    save("daily", inputs={"work_ms": 200, "flow_group": "bank"}, tags=["a", "b"], timeout_ms=900)
    client.put("/jobs/daily/disable")


def test_versions_come_newest_first_with_what_each_changed(three, client):
    answer = client.get("/jobs/daily/versions")

    third, second, first = answer.json
    assert answer.headers["X-Total-Count"] == "3"
    assert [row["version_id"] for row in answer.json] == [3, 2, 1]
    assert first["diff"] is None
    assert second["diff"] == [{"loc": ["inputs", "work_ms"], "before": 100, "after": 200}]
    assert third["diff"] == [
        {"loc": ["timeout_ms"], "before": 30000, "after": 900},
        {"loc": ["inputs", "flow_group"], "after": "bank"},
        {"loc": ["tags"], "before": ["a"], "after": ["a", "b"]},
    ]
    assert (third["source"], third["actor"], third["note"]) == ("api", "local", "")
    assert third["spec"]["inputs"] == {"work_ms": 200, "flow_group": "bank"}


def test_pages_of_versions_hold_still_while_versions_are_written(three, client, save):
    first = client.get("/jobs/daily/versions?limit=2")
    save("daily", description="a fourth")

    second = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))

    assert [row["version_id"] for row in first.json] == [3, 2]
    assert ([row["version_id"] for row in second.json], "Link" in second.headers) == ([1], False)
    assert [row["version_id"] for row in client.get("/jobs/daily/versions?limit=1&offset=1").json] == [3]


def test_a_rollback_writes_a_new_version_and_leaves_the_flag(three, client):
    answer = client.post("/jobs/daily/rollback/1", headers={"If-Match": '"3"'})

    job = client.get("/jobs/daily").json
    newest = client.get("/jobs/daily/versions").json[0]
    assert answer.json == {"job_id": "daily", "status": "updated", "version": 4}
    assert answer.headers["ETag"] == '"4"'
    assert (job["version"], job["inputs"], job["timeout_ms"], job["enabled"]) == (4, {"work_ms": 100}, 30000, False)
    assert newest["note"] == "rollback to version 1"
    assert client.get("/events?event_type=job.rolled_back").json[0]["data"]["job_id"] == "daily"


def test_a_rollback_to_what_is_there_writes_nothing(three, client):
    assert client.post("/jobs/daily/rollback/3").json == {"job_id": "daily", "status": "unchanged", "version": 3}


@pytest.mark.parametrize(
    ("job_id", "version", "headers", "status"),
    [
        ("daily", "9", {}, 404),
        ("gone", "1", {}, 404),
        ("daily", "01", {}, 404),
        ("daily", "0", {}, 404),
        ("daily", "1_0", {}, 404),
        ("daily", "٣", {}, 404),
        ("daily", "9" * 400, {}, 404),
        ("daily", "1", {"If-Match": '"2"'}, 412),
        ("daily", "1", {"If-Match": "2"}, 400),
    ],
)
def test_a_rollback_that_cannot_be_is_refused(three, client, job_id, version, headers, status):
    answer = client.post(f"/jobs/{job_id}/rollback/{version}", headers=headers)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert client.get("/jobs/daily").json["version"] == 3


def test_a_version_that_would_not_be_taken_today_is_not_rolled_back_to(three, client, platform):
    key = platform.store.keys.versions("daily")
    row = platform.store.redis.lindex(key, 0)
    platform.store.redis.lset(key, 0, row.replace("simulation.heavy", "simulation.gone"))

    answer = client.post("/jobs/daily/rollback/1")

    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json["errors"]] == [["type"]]


@pytest.mark.parametrize("broken", ["zz", "1|zz", "1|5|[", "1|5|{}", '1|5|{"spec":5}', "1|5|" + "[" * 100_000])
def test_a_broken_version_stops_neither_the_others_nor_a_retry_in_words(three, client, platform, broken):
    run = client.post("/jobs/daily/run").json["run_id"]
    platform.store.redis.hset(platform.store.keys.run(run), "job_version", 1)
    client.post(f"/runs/{run}/cancel")
    platform.store.redis.lset(platform.store.keys.versions("daily"), 0, broken)

    rows = client.get("/jobs/daily/versions")
    refusals = [client.post("/jobs/daily/rollback/1"), client.post(f"/runs/{run}/retry")]

    assert [row["version_id"] for row in rows.json] == [3, 2]
    assert [row["diff"] for row in rows.json][1] is None
    assert {answer.status_code for answer in refusals} <= {404, 409}
    assert client.get("/ui/jobs/daily/versions").status_code == 200


@pytest.mark.parametrize("text", ["%00", cursor_after("x"), "a", "=", "MQ", cursor_after("9" * 200)])
def test_no_cursor_breaks_the_list(three, client, text):
    assert client.get(f"/jobs/daily/versions?cursor={text}").status_code in (200, 400, 422)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/jobs/daily", "job"),
        ("POST", "/jobs/daily/run", "job"),
        ("PUT", "/jobs/daily/disable", "job"),
        ("GET", "/jobs/daily/versions", "versions"),
        ("GET", "/jobs/daily/memory", "memory"),
    ],
)
def test_a_record_of_the_wrong_type_is_no_absent_store(save, client, platform, method, path, kind):
    save("daily")
    key = getattr(platform.store.keys, kind)("daily")
    platform.store.redis.delete(key)
    platform.store.redis.set(key, "zz")

    answer = client.open(path, method=method)

    assert answer.status_code == 409
    assert "Retry-After" not in answer.headers
    assert "doctor" in answer.json["detail"] or "reset" in answer.json["detail"]
