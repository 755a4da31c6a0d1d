"""Pausing over the API: one effect however often it is asked for, and told wherever somebody looks for the reason."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from runners.engine.protocol import presence
from runners.engine.store import processes
from tests.api.conftest import Save

FLOW = {"flow_group": "etl"}
TARGETS = {
    "job": "/jobs/daily",
    "flow:etl": "/flow-groups/etl",
    "queue:normal": "/queue",
    "everything": "/queue",
}


def ask(client: FlaskClient, blocker: str, action: str) -> dict[str, Any]:
    """Pause or resume, and return the answer."""
    query = "?priority=normal" if blocker == "queue:normal" else ""
    answer = client.post(f"{TARGETS[blocker]}/{action}{query}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("blocker", TARGETS)
def test_what_is_paused_refuses_a_run_with_the_hold_and_explains_itself(
    client: FlaskClient, save: Save, blocker: str
) -> None:
    save(inputs=FLOW)

    pause = ask(client, blocker, "pause")["pause"]

    assert (pause["blocker"], pause["by"], pause["until"]) == (blocker, "local", None)
    for body in (None, {"guards": "ignore"}):
        refused = client.post("/jobs/daily/run", json=body)
        assert refused.status_code == 409
        assert refused.json["hold"]["guard"] == "paused"
        assert refused.json["hold"]["pause"] == pause
    explained = client.get("/jobs/daily/explain").json
    assert explained["hold"]["blocked_by"] == [blocker]
    assert "is paused since" in explained["sentence"]
    assert "by local" in explained["sentence"]
    assert client.get("/runs").json == []


@pytest.mark.parametrize("blocker", TARGETS)
def test_asked_for_twice_it_has_one_effect_and_the_first_pauses_time(
    client: FlaskClient, save: Save, blocker: str
) -> None:
    save(inputs=FLOW)

    first, again = (ask(client, blocker, "pause") for _ in range(2))
    ends = [ask(client, blocker, "resume") for _ in range(2)]

    assert first == again
    assert ends == [{"status": "resumed", "pause": None}] * 2
    assert client.post("/jobs/daily/run").status_code == 200
    noun = {"job": "job", "flow:etl": "flow"}.get(blocker, "queue")
    events = client.get(f"/events?event_type={noun}.*").json
    kinds = [event["type"] for event in events if event["type"].endswith(("paused", "resumed"))]
    assert kinds == [f"{noun}.paused", f"{noun}.resumed"]
    assert {event["data"]["actor"] for event in events if event["type"].endswith("ed")} == {"local"}


def test_the_queue_says_all_that_is_paused(client: FlaskClient, save: Save) -> None:
    save(inputs=FLOW)
    assert client.get("/queue").json["paused"] == {"everything": None, "priorities": {}, "flow_groups": 0, "jobs": 0}

    for blocker in TARGETS:
        ask(client, blocker, "pause")

    paused = client.get("/queue").json["paused"]
    assert paused["everything"]["blocker"] == "everything"
    assert list(paused["priorities"]) == ["normal"]
    assert (paused["flow_groups"], paused["jobs"]) == (1, 1)


def test_a_job_shows_its_own_pause(client: FlaskClient, save: Save) -> None:
    save()
    assert client.get("/jobs/daily").json["pause"] is None

    ask(client, "job", "pause")

    pause = client.get("/jobs/daily").json["pause"]
    assert pause["by"] == "local"
    assert datetime.fromisoformat(pause["since"]).tzinfo


@pytest.mark.parametrize("path", ["/jobs/none", "/flow-groups/none", "/agents/none"])
def test_what_does_not_exist_is_not_paused(client: FlaskClient, path: str) -> None:
    for action in ("drain", "stop") if path.startswith("/agents") else ("pause", "resume"):
        assert client.post(f"{path}/{action}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/queue/pause?priority=urgent", None, 422),
        ("/queue/pause?prio=low", None, 422),
        ("/queue/pause", {"priority": "low"}, 422),
        ("/jobs/daily/pause", {"for": 5}, 422),
    ],
)
def test_what_is_not_meant_pauses_nothing(
    client: FlaskClient, save: Save, path: str, body: dict[str, Any] | None, status: int
) -> None:
    save()

    assert client.post(path, json=body).status_code == status
    assert client.post("/jobs/daily/run").status_code == 200


def a_process(platform: Platform, kind: str) -> str:
    """Let a process beat once, and return its id."""
    name = f"{kind}-1"
    said = processes.ProcessBeat(name, kind, "here", 1, "1", platform.store.now(), "idle")
    presence.beat(platform.store, said)
    return name


def test_a_worker_drains_and_says_so(client: FlaskClient, platform: Platform) -> None:
    worker = a_process(platform, "worker")

    first, again = (client.post(f"/agents/{worker}/drain").json for _ in range(2))

    assert first == again
    assert first["status"] == "draining"
    (row,) = client.get("/agents").json
    assert row["draining"] == first["pause"]
    presence.goodbye(platform.store, worker)
    assert client.get("/agents").json[0]["draining"] is None
    assert client.post(f"/agents/{worker}/drain").status_code == 409


def test_a_worker_is_asked_to_stop_once_and_says_so(client: FlaskClient, platform: Platform) -> None:
    worker = a_process(platform, "worker")

    first, again = (client.post(f"/agents/{worker}/stop").json for _ in range(2))

    assert first == again
    assert (first["status"], first["pause"]["blocker"]) == ("stopping", f"stop:{worker}")
    (row,) = client.get("/agents").json
    assert (row["stopping"], row["draining"]) == (first["pause"], None)
    (told,) = client.get("/events?event_type=system.worker_stopping").json
    assert told["data"] == {"process_id": worker, "actor": "local"}
    presence.goodbye(platform.store, worker)
    assert client.get("/agents").json[0]["stopping"] is None
    assert client.post(f"/agents/{worker}/stop").status_code == 409


@pytest.mark.parametrize("mode", ["memory"])
def test_the_one_process_of_memory_mode_is_not_stopped_by_parts(client: FlaskClient, platform: Platform) -> None:
    answer = client.post(f"/agents/{a_process(platform, 'worker')}/stop")

    assert answer.status_code == 409
    assert "the one process that is everything" in answer.json["detail"]
    assert "/stop" not in client.get("/ui/processes").text


def test_only_workers_drain(client: FlaskClient, platform: Platform) -> None:
    answer = client.post(f"/agents/{a_process(platform, 'scheduler')}/drain")

    assert answer.status_code == 409
    assert "only workers drain" in answer.json["detail"]


def test_readiness_warns_of_what_is_paused_and_of_workers_that_all_drain(
    client: FlaskClient, platform: Platform
) -> None:
    worker = a_process(platform, "worker")
    a_process(platform, "scheduler")
    before = client.get("/readyz").json["warnings"]

    client.post("/queue/pause?priority=low")
    client.post("/queue/pause")
    client.post(f"/agents/{worker}/drain")

    after = client.get("/readyz").json["warnings"]
    assert [re.split("[:;]", warning)[0] for warning in after if warning not in before] == [
        "every worker drains",
        "everything is paused",
        "priority low is paused",
    ]
    assert client.get("/readyz").json["status"] == "ready"


def test_jobs_are_listed_by_their_own_pause(client: FlaskClient, save: Any) -> None:
    for job_id in ("a", "b", "c"):
        save(job_id, tags=["x"])
    client.post("/jobs/b/pause")

    found = {
        paused: [row["job_id"] for row in client.get(f"/jobs?tag=x&paused={paused}").json]
        for paused in ("true", "false")
    }

    assert found == {"true": ["b"], "false": ["a", "c"]}
    assert client.get("/jobs?paused=true").headers["X-Total-Count"] == "1"
    assert "/ui/jobs/b" in client.get("/ui/jobs?paused=yes").text
