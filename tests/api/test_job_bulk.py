"""Bulk operations on jobs over the API: seen first, then done to exactly those, bit by bit."""

import pytest

from runners.bulk_work import BulkWork


@pytest.fixture
def three(save):
    """Three jobs of two teams."""
    for job_id, tag in (("a-1", "ops"), ("a-2", "ops"), ("b-1", "media")):
        save(job_id, tags=[tag])


def finish(client, platform, begun):
    """Do what is left; return the operation and its items."""
    place = begun.headers["Location"]
    while client.get(place).json["status"] == "working":
        platform.store.redis.delete(platform.store.keys.bulks_turn)
        BulkWork(platform).step()
    return client.get(place).json, client.get(f"{place}/items").json


def test_what_was_seen_is_what_is_done(three, client, platform):
    asked = {"action": "disable", "filter": {"tag": "ops"}}

    plan = client.post("/jobs/bulk/preview", json=asked)
    begun = client.post("/jobs/bulk", json=asked | {"expected": 2, "digest": plan.json["digest"]})
    done, items = finish(client, platform, begun)

    assert (plan.status_code, plan.json["total"], plan.json["change"]) == (200, 2, 2)
    assert begun.status_code == 202
    assert (done["status"], done["done"], done["left"], done["filter"]) == ("finished", 2, 0, {"tag": "ops"})
    assert [(row["job_id"], row["outcome"]) for row in items] == [("a-1", "done"), ("a-2", "done")]
    assert [client.get(f"/jobs/{name}").json["enabled"] for name in ("a-1", "a-2", "b-1")] == [False, False, True]


def test_jobs_are_named_or_filtered(three, client, platform):
    asked = {"action": "tag", "job_ids": ["b-1", "a-1"], "tag": "night"}

    done, _ = finish(client, platform, client.post("/jobs/bulk", json=asked | {"expected": 2}))

    assert (done["tag"], done["done"]) == ("night", 2)
    assert client.get("/jobs?tag=night").headers["X-Total-Count"] == "2"
    assert client.get("/jobs/a-1").json["tags"] == ["ops", "night"]


def test_a_reason_is_said_in_the_language_that_is_asked_for(three, client):
    client.put("/jobs/b-1/disable")
    asked = {"action": "disable", "job_ids": ["b-1"]}

    english = client.post("/jobs/bulk/preview", json=asked).json["jobs"][0]
    indonesian = client.post("/jobs/bulk/preview", json=asked, headers={"Accept-Language": "id"}).json["jobs"][0]

    assert (english["does"], english["why"]) == ("unchanged", "is disabled already")
    assert indonesian["why"] == "sudah nonaktif"


def test_another_number_is_a_conflict_with_the_actual_one(three, client):
    answer = client.post("/jobs/bulk", json={"action": "delete", "filter": {}, "expected": 4})

    assert (answer.status_code, answer.json["actual"]) == (409, 3)
    assert client.get("/jobs").headers["X-Total-Count"] == "3"


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"action": "retry"}, ["action"]),
        ({"job_ids": ["a-1"]}, []),
        ({"filter": None}, []),
        ({"filter": None, "job_ids": []}, ["job_ids"]),
        ({"filter": None, "job_ids": ["a b"]}, ["job_ids", 0]),
        ({"filter": {"enabled": True}}, ["filter"]),
        ({"filter": {"enabled": "perhaps"}}, ["filter", "enabled"]),
        ({"filter": {"limit": "5"}}, ["filter", "limit"]),
        ({"tag": "x"}, ["tag"]),
        ({"action": "tag"}, ["tag"]),
        ({"expected": 0}, ["expected"]),
        ({"digest": "?"}, ["digest"]),
        ({"cancel": "yes"}, ["cancel"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(three, client, change, loc):
    asked = {"action": "disable", "filter": {}, "expected": 3} | change

    answer = client.post("/jobs/bulk", json={name: value for name, value in asked.items() if value is not None})

    assert answer.status_code == 422
    assert [problem["loc"] for problem in answer.json["errors"]] == [loc]


def test_a_job_may_be_called_bulk(save, client):
    save("bulk")

    assert client.get("/jobs/bulk").json["job_id"] == "bulk"
    assert client.get("/jobs/bulk/runs").status_code == 200
    assert client.delete("/jobs/bulk").status_code == 200


def test_what_was_done_is_undone(three, client, platform):
    begun = client.post("/jobs/bulk", json={"action": "disable", "job_ids": ["a-1", "b-1"], "expected": 2})
    done, _ = finish(client, platform, begun)

    undoing = client.post(f"{begun.headers['Location']}/undo")
    while client.get(begun.headers["Location"]).json["status"] == "undoing":
        platform.store.redis.delete(platform.store.keys.bulks_turn)
        BulkWork(platform).step()

    undone = client.get(begun.headers["Location"]).json
    assert (done["can_be_undone"], undoing.status_code, undoing.json["status"]) == (True, 202, "undoing")
    assert (undone["undone"], undone["kept"], undone["can_be_undone"]) == (2, 0, False)
    assert [client.get(f"/jobs/{name}").json["enabled"] for name in ("a-1", "b-1")] == [True, True]


def test_jobs_are_named_with_the_versions_that_were_seen(three, client, platform):
    asked = {"action": "disable", "versions": {"a-1": 1, "b-1": 2}}

    done, items = finish(client, platform, client.post("/jobs/bulk", json=asked | {"expected": 2}))

    assert (done["done"], done["skipped"]) == (1, 1)
    assert [row["detail"] for row in items if row["job_id"] == "b-1"] == [
        "is at version 1, not at 2: somebody changed it"
    ]
    assert client.post("/jobs/bulk", json=asked | {"job_ids": ["a-1"], "expected": 2}).status_code == 422


def test_operations_on_runs_and_on_jobs_are_told_apart(three, client):
    begun = client.post("/jobs/bulk", json={"action": "run", "job_ids": ["a-1"], "expected": 1}).json["bulk_id"]

    assert client.get("/runs/bulk").json == []
    assert client.get(f"/runs/bulk/{begun}").status_code == 404
    assert client.post(f"/runs/bulk/{begun}/undo").status_code == 404
    assert client.post(f"/jobs/bulk/{begun}/undo").status_code == 409


@pytest.mark.parametrize("name", ["held", "failing"])
def test_lists_filter_by_what_needs_attention(three, client, name):
    none, all_of_them = (client.get(f"/jobs?{name}={word}").headers["X-Total-Count"] for word in ("true", "false"))

    assert (none, all_of_them) == ("0", "3")
