"""Flow groups over the API: their limit and who states it, who is active, who waits, and the limit of their own."""

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from tests.api.conftest import Save


def test_a_group_says_its_lowest_limit_and_who_states_it(client: FlaskClient, save: Save) -> None:
    save("a", inputs={"flow_group": "etl", "flow_max_active_runs": 3})
    save("b", inputs={"flow_group": "etl", "flow_max_active_runs": 2})
    save("c", inputs={"flow_group": "etl"})
    save("d", inputs={"flow_group": "other"})

    etl, other = client.get("/flow-groups").json

    assert (etl["limit"], etl["limited_by"], etl["own_limit"], etl["jobs"]) == (2, ["b"], None, 3)
    assert (other["flow_group"], other["limit"], other["jobs"], other["pause"]) == ("other", None, 1, None)


def test_the_groups_own_limit_takes_part_in_the_lowest(client: FlaskClient, save: Save) -> None:
    save("a", inputs={"flow_group": "etl", "flow_max_active_runs": 3})
    save("b", inputs={"flow_group": "etl"})

    limited = client.put("/flow-groups/etl", json={"limit": 1}).json
    assert (limited["limit"], limited["own_limit"], limited["limited_by"]) == (1, 1, [])
    assert client.post("/jobs/a/run").status_code == 200
    refused = client.post("/jobs/b/run")
    assert (refused.status_code, refused.json["hold"]["guard"]) == (409, "flow_limit")

    assert client.put("/flow-groups/etl", json={"limit": None}).json["limit"] == 3
    assert client.post("/jobs/b/run").status_code == 200
    kinds = [event["type"] for event in client.get("/events?event_type=flow.*").json]
    assert kinds == ["flow.updated", "flow.updated"]


def test_a_group_names_its_active_runs(client: FlaskClient, save: Save) -> None:
    save("a", inputs={"flow_group": "etl"})
    run = client.post("/jobs/a/run").json["run_id"]

    found = client.get("/flow-groups/etl").json

    assert (found["active"], found["active_runs"], found["waiting_jobs"]) == (1, [run], [])


def test_a_group_is_known_while_jobs_name_it_or_somebody_set_something(client: FlaskClient, save: Save) -> None:
    assert client.get("/flow-groups/etl").status_code == 404
    client.put("/flow-groups/etl", json={"limit": 5})
    assert client.get("/flow-groups/etl").json["jobs"] == 0

    client.put("/flow-groups/etl", json={"limit": 0})
    assert client.get("/flow-groups").json == []
    save("a", inputs={"flow_group": "etl"})
    assert len(client.get("/flow-groups").json) == 1
    client.delete("/jobs/a")
    assert client.get("/flow-groups").json == []


def test_many_groups_come_in_pages(client: FlaskClient, platform: Platform) -> None:
    names = [f"group-{number:02}" for number in range(7)]
    for name in names:
        client.put(f"/flow-groups/{name}", json={"limit": 1})

    seen, path = [], "/flow-groups?limit=3"
    while path:
        answer = client.get(path)
        assert answer.headers["X-Total-Count"] == "7"
        seen += [row["flow_group"] for row in answer.json]
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")

    assert seen == names


@pytest.mark.parametrize("body", [{}, {"limit": -1}, {"limit": 1001}, {"limit": "2"}, {"limit": True}, {"limt": 1}])
def test_a_limit_that_is_none_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert client.put("/flow-groups/etl", json=body).status_code == 422
    assert client.get("/flow-groups").json == []


def test_pressure_says_its_marks_and_that_nothing_ends(client: FlaskClient, save: Save) -> None:
    calm = client.get("/queue/pressure").json
    assert (calm["on"], calm["since"], calm["high"], calm["low"], calm["clears_in_sec"]) == (False, None, 300, 180, 0)

    save()
    client.post("/jobs/daily/run")

    found = client.get("/queue/pressure").json
    assert (found["depth"], found["ended_per_minute"], found["clears_in_sec"]) == (1, 0, None)
    assert (found["held"], found["first_held"]) == (0, [])


def test_pressure_says_how_long_the_backlog_takes_at_the_present_rate(
    client: FlaskClient, save: Save, platform: Platform
) -> None:
    save()
    client.post("/jobs/daily/run")
    minute = int(platform.store.now().timestamp()) // 60
    platform.store.redis.hset(platform.store.keys.minute(minute - 2), mapping={"success": 8, "failed": 2})

    found = client.get("/queue/pressure").json

    assert (found["ended_per_minute"], found["clears_in_sec"]) == (2, 30)


def test_a_limit_replaces_only_the_one_that_was_read(client: FlaskClient) -> None:
    client.put("/flow-groups/lane", json={"limit": 2})
    tag = client.get("/flow-groups/lane").headers["ETag"]
    client.post("/flow-groups/lane/pause")
    fresh = client.put("/flow-groups/lane", json={"limit": 3}, headers={"If-Match": tag})

    stale = client.put("/flow-groups/lane", json={"limit": 4}, headers={"If-Match": tag})
    unknown = client.put("/flow-groups/other", json={"limit": 4}, headers={"If-Match": "*"})

    assert (fresh.status_code, fresh.headers["ETag"]) == (200, '"3"')
    assert (stale.status_code, unknown.status_code) == (412, 412)
    assert client.get("/flow-groups/lane").json["own_limit"] == 3
    assert client.get("/flow-groups/other").status_code == 404
