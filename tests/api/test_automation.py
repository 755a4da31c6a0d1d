"""Recurring agent workflows over the API: a form over a job, which goes through the same check and the same door."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine import operations
from tests.api.conftest import Save
from tests.round_trips import counted
from tests.store.making import ADMIN

FORM = {"job_id": "watch", "prompt": "look at the shop", "template": "ops_realtime"}


def put(client: FlaskClient, **said: Any) -> Any:
    return client.post("/automation/agent-workflow", json=FORM | said)


def test_a_saved_form_is_a_job_like_any_other(client: FlaskClient) -> None:
    answer = put(client)
    job = client.get("/jobs/watch").json

    assert (answer.status_code, answer.json["status"], answer.headers["Location"]) == (201, "created", "/jobs/watch")
    assert (job["type"], job["schedule"]["interval_sec"], job["timeout_ms"]) == ("agent.workflow", 60, 45_000)
    assert job["inputs"]["flow_group"] == "ops_realtime"
    assert {name: answer.json[name] for name in job} == job


def test_the_form_says_that_it_saved_in_the_step_of_the_save(client: FlaskClient) -> None:
    put(client)
    put(client)
    put(client, enabled=False)

    events = client.get("/events?job_id=watch").json
    assert [(event["type"], event["data"].get("status"), event["data"].get("enabled")) for event in events] == [
        ("job.created", None, None),
        ("automation.agent_workflow_saved", "created", True),
        ("job.disabled", None, None),
        ("automation.agent_workflow_saved", "updated", False),
    ]


def test_every_fault_is_told_at_once_at_the_field_of_the_form(client: FlaskClient) -> None:
    answer = put(client, job_id="a b", interval_sec=5, dispatch_jitter_sec=4000, prompt="x", shedule=1)

    assert answer.status_code == 422
    assert {problem["loc"][0] for problem in answer.json["errors"]} == {
        "job_id",
        "interval_sec",
        "dispatch_jitter_sec",
        "prompt",
        "shedule",
    }


def test_what_only_the_spec_knows_is_checked_too(client: FlaskClient) -> None:
    answer = put(client, dispatch_jitter_sec=60, limits={"steps": 1000}, allow_tools=["teleport"])

    assert answer.status_code == 422
    assert {problem["loc"][0] for problem in answer.json["errors"]} == {"dispatch_jitter_sec", "limits", "allow_tools"}


def test_an_id_of_another_type_of_job_is_not_taken_over(client: FlaskClient, save: Save) -> None:
    save("watch")

    answer = put(client)

    assert answer.status_code == 409
    assert "simulation.heavy" in answer.json["detail"]
    assert client.get("/jobs/watch").json["type"] == "simulation.heavy"


def test_what_the_form_does_not_ask_stays_with_the_job(client: FlaskClient) -> None:
    put(client)
    spec = client.get("/jobs/export").json["jobs"][0] | {"tags": ["kept"], "requires_approval": True}
    client.post("/jobs", json=spec)

    answer = put(client, prompt="look closer")

    assert (answer.json["tags"], answer.json["requires_approval"], answer.json["version"]) == (["kept"], True, 3)


def test_a_change_is_bound_to_what_was_read(client: FlaskClient) -> None:
    tag = put(client).headers["ETag"]
    put(client, prompt="look closer")

    stale = client.post("/automation/agent-workflow", json=FORM, headers={"If-Match": tag})
    there = client.post("/automation/agent-workflow", json=FORM, headers={"If-None-Match": "*"})

    assert (stale.status_code, there.status_code) == (412, 412)


def test_workflows_come_lane_by_lane_and_those_of_none_last(client: FlaskClient, save: Save) -> None:
    save("no-agent")
    put(client, job_id="z", flow_group="a-lane")
    put(client, job_id="b", template="media_generate")
    put(client, job_id="a", flow_group=None)
    put(client, job_id="c", template="media_generate")

    rows = client.get("/automation/agent-workflows").json
    first = client.get("/automation/agent-workflows?limit=2")
    second = client.get(first.headers["Link"].partition("<")[2].partition(">")[0])
    one = client.get("/automation/agent-workflows?lane=media_generate")

    assert [(row["lane"], row["job_id"]) for row in rows] == [
        ("a-lane", "z"),
        ("media_generate", "b"),
        ("media_generate", "c"),
        (None, "a"),
    ]
    assert first.headers["X-Total-Count"] == "4"
    assert [row["job_id"] for row in first.json + second.json] == ["z", "b", "c", "a"]
    assert "Link" not in second.headers
    assert [row["job_id"] for row in one.json] == ["b", "c"]


def test_templates_and_presets_are_what_the_form_takes(client: FlaskClient) -> None:
    known = client.get("/automation/templates").json

    for template in known["templates"]:
        for preset in known["presets"]:
            answer = put(client, job_id="tried", template=template["template"], preset=preset["preset"])
            assert answer.status_code in (200, 201), answer.json
    assert answer.json["inputs"]["failure_threshold"] == known["presets"][-1]["failure_threshold"]


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_of_workflows_takes_the_same_round_trips_however_many_there_are(
    platform: Any, client: FlaskClient, number: int
) -> None:
    for place in range(number):
        put(client, job_id=f"job-{place}", flow_group=f"lane-{place % 7}")

    with counted(platform) as trips:
        operations.list_agent_workflows(platform, ADMIN, operations.JobFilter(), limit=20)

    assert trips.number == 4
