"""Bulk retry and cancel over the API: counted first, done bit by bit, taken back."""

import json
import re

import pytest

from runners.bulk_work import BulkWork


def step(platform):
    platform.store.redis.delete(platform.store.keys.bulks_turn)
    BulkWork(platform).step()


@pytest.fixture
def queued(save, client):
    """Three queued runs of one job."""
    save("daily", inputs={"allow_overlap": True})
    return [client.post("/jobs/daily/run").json["run_id"] for _ in range(3)]


def cancel_all(client, expected=3, **headers):
    body = {"action": "cancel", "filter": {"status": "queued", "job_id": "daily"}, "expected": expected}
    return client.post("/runs/bulk", json=body, headers=headers)


def test_what_was_counted_is_done_and_can_be_taken_back(queued, client, platform):
    total = client.get("/runs?status=queued&job_id=daily&limit=1").headers["X-Total-Count"]

    begun = cancel_all(client, int(total))
    step(platform)
    place = begun.headers["Location"]
    done, items = client.get(place).json, client.get(f"{place}/items?limit=2")
    undone = client.post(f"{place}/undo")
    step(platform)

    assert (begun.status_code, begun.json["status"], begun.json["left"]) == (202, "working", 3)
    assert (done["status"], done["done"], done["left"], done["can_be_undone"]) == ("finished", 3, 0, True)
    assert done["filter"] == {"job_id": "daily", "status": "queued"}
    assert [row["run_id"] for row in items.json] == sorted(queued)[:2]
    assert client.get(items.headers["Link"].partition(">")[0][1:]).json[0]["run_id"] == sorted(queued)[2]
    assert (undone.status_code, undone.json["status"]) == (202, "undoing")
    assert client.get(place).json["undone"] == 3
    assert client.get("/runs?status=queued").headers["X-Total-Count"] == "3"
    assert client.post(f"{place}/undo").status_code == 409
    assert [row["bulk_id"] for row in client.get("/runs/bulk").json] == [done["bulk_id"]]


def test_another_number_is_a_conflict_with_the_actual_one(queued, client):
    answer = cancel_all(client, 4)

    assert (answer.status_code, answer.json["actual"]) == (409, 3)
    assert client.get("/runs/bulk").json == []


def test_the_same_key_begins_one_operation(queued, client, platform):
    first = cancel_all(client, **{"Idempotency-Key": "k"})
    step(platform)
    again = cancel_all(client, **{"Idempotency-Key": "k"})
    for key in platform.store.redis.scan_iter(platform.store.keys.idempotency("*", "*")):
        platform.store.redis.delete(key)  # as when the process died before it kept its answer
    third = cancel_all(client, **{"Idempotency-Key": "k"})

    assert again.data == first.data
    assert third.json["bulk_id"] == first.json["bulk_id"]


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"action": "delete"}, ["action"]),
        ({"action": 1}, ["action"]),
        ({"expected": 0}, ["expected"]),
        ({"expected": "3"}, ["expected"]),
        ({"expected": True}, ["expected"]),
        ({"expected": 10_001}, ["expected"]),
        ({"filter": {}}, ["filter", "status"]),
        ({"filter": {"status": "failed"}}, ["filter", "status"]),
        ({"filter": {"status": 5}}, ["filter"]),
        ({"filter": {"status": ["queued"]}}, ["filter"]),
        ({"filter": {"statuz": "queued"}}, ["filter", "statuz"]),
        ({"filter": {"status": "queued", "job_id": "a*b"}}, ["filter", "job_id"]),
        ({"filter": {"status": "queued", "since": "yesterday"}}, ["filter", "since"]),
        ({"filter": None}, ["filter"]),
        ({"filter": []}, ["filter"]),
        ({"dry_run": True}, ["dry_run"]),
    ],
    ids=json.dumps,
)
def test_a_request_that_is_wrong_is_named_by_its_field(client, change, loc):
    body = {"action": "cancel", "filter": {"status": "queued"}, "expected": 1} | change

    answer = client.post("/runs/bulk", json=body)

    assert (answer.status_code, [row["loc"] for row in answer.json["errors"]]) == (422, [loc])


@pytest.mark.parametrize("name", ["bulk_", "bulk_" + "z" * 24, "bulk_" + "a" * 24, "BULK_" + "a" * 24])
def test_an_operation_that_is_none_is_not_found(client, name):
    places = [(f"/runs/bulk/{name}", "GET"), (f"/runs/bulk/{name}/items", "GET"), (f"/runs/bulk/{name}/undo", "POST")]

    assert {client.open(place, method=method).status_code for place, method in places} == {404}


def form(client, path):
    """Return the hidden fields of the form of a page that changes something."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    main = page.text.partition("<main")[2]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', main))


def test_the_pages_count_begin_show_and_undo_without_a_script(queued, client, platform):
    listed = client.get("/ui/runs?status=queued&job_id=daily").text
    fields = form(client, "/ui/runs/bulk/new?action=cancel&status=queued&job_id=daily")
    begun = client.post("/ui/runs/bulk", data=fields)
    step(platform)
    place = begun.headers["Location"]
    token = form(client, place)

    assert "Cancel all 3</a>" in listed
    assert (fields["expected"], fields["status"], fields["job_id"]) == ("3", "queued", "daily")
    assert "3 done" in client.get("/ui/runs/bulk").text.replace("\u202f", "")
    assert client.post(f"{place}/undo", data=token).status_code == 303
    step(platform)
    assert client.get("/runs?status=queued").headers["X-Total-Count"] == "3"
    again = client.post("/ui/runs/bulk", data=fields | {"expected": "9"}, follow_redirects=True)
    assert "Nothing was changed: 3 runs pass the filter now, not 9" in again.text


@pytest.mark.parametrize("query", ["", "action=x", "action=retry&status=zz", "action=cancel&job_id=a*b&status=queued"])
def test_a_page_of_a_filter_that_means_nothing_is_not_found(client, query):
    assert client.get(f"/ui/runs/bulk/new?{query}").status_code == 404
