"""Failures by what they have in common, and all of a group at once."""

from datetime import timedelta

import pytest

from runners.engine.clock import rfc3339
from tests.store.making import claim, fail, save, start


@pytest.fixture
def mode():
    return "memory"


@pytest.fixture
def failed(platform):
    """Three failures of two kinds, in two versions of a job, and one of another job."""
    for number, (job_id, error) in enumerate(
        (("daily", "row 1 is empty"), ("daily", "row 2 is empty"), ("daily", "no paper"), ("weekly", "row 3 is empty"))
    ):
        save(platform, job_id, inputs={"work_ms": number + 100, "failure_memory_enabled": False})
        start(platform, job_id)
        fail(platform, *claim(platform), error)


def test_like_failures_come_as_one_row(client, failed):
    answer = client.get("/failures", query_string={"job_id": "daily"})

    assert answer.headers["X-Total-Count"] == "2"
    row = answer.json[0]
    assert (row["job_id"], row["failure_kind"], row["line"], row["count"]) == ("daily", "error", "row <n> is empty", 2)
    assert (row["versions"], row["since_version"]) == ([1, 2], 1)
    assert (sum(row["counts"]), len(row["run_ids"])) == (2, 2)
    assert row["known_since"] <= row["first_at"] <= row["last_at"]


def test_the_runs_of_a_group_are_those_that_it_counts(client, failed):
    rows = client.get("/failures").json
    assert rows

    for row in rows:
        runs = client.get("/runs", query_string={"failure": row["failure"], "ended_since": row["known_since"]})

        assert int(runs.headers["X-Total-Count"]) == len(runs.json) == row["count"]
        assert {run["failure"] for run in runs.json} == {row["failure"]}
        assert {run["job_id"] for run in runs.json} == {row["job_id"]}


def test_a_window_holds_what_ended_in_it(client, failed, platform):
    later = rfc3339(platform.store.now() + timedelta(minutes=1))

    assert client.get("/failures", query_string={"since": later}).json == []
    assert (
        client.get("/failures", query_string={"until": rfc3339(platform.store.now() - timedelta(hours=1))}).json == []
    )


def test_a_group_is_retried_as_one_operation(client, failed):
    (group,) = [row for row in client.get("/failures").json if row["count"] == 2]
    order = {"action": "retry", "filter": {"failure": group["failure"]}}

    refused = client.post("/runs/bulk", json=order | {"expected": 3})
    begun = client.post("/runs/bulk", json=order | {"expected": 2})

    assert (refused.status_code, refused.json["actual"]) == (409, 2)
    assert (begun.status_code, begun.json["total"], begun.json["filter"]) == (202, 2, {"failure": group["failure"]})


def test_runs_that_are_named_one_by_one_are_retried(client, failed):
    named = [run["run_id"] for run in client.get("/runs", query_string={"status": "failed"}).json][:2]
    order = {"action": "retry", "filter": {"run_ids": ",".join(named)}, "expected": 2}

    begun = client.post("/runs/bulk", json=order)

    assert begun.status_code == 202
    assert client.post("/runs/bulk", json=order | {"expected": 3}).status_code == 409


@pytest.mark.parametrize("named", ["x", "run_1,", ",".join(["run_aaaaaaaaaa_aaaaaaaaaaaa"] * 101)])
def test_names_of_runs_are_checked(client, named):
    answer = client.get("/runs", query_string={"run_ids": named})

    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", "run_ids"])


def test_a_broken_group_keeps_no_other_from_being_listed(client, failed, platform):
    redis, keys = platform.store.redis, platform.store.keys
    redis.delete(keys.failure("1"))
    redis.hset(keys.failure("2"), "first_at", "soon")

    assert [row["job_id"] for row in client.get("/failures").json] == ["weekly"]


@pytest.mark.parametrize("asked", [{"until": "0001-01-01T00:00:00Z"}, {"since": "9999-12-31T23:59:59Z"}])
def test_the_ends_of_time_hold_nothing(client, failed, asked):
    answer = client.get("/failures", query_string=asked)

    assert (answer.status_code, answer.json) == (200, [])
