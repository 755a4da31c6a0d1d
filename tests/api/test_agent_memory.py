"""What agents remember, over the API: read by everybody, forgotten and forgiven by administrators."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.agents.memory import Ended, Memory
from runners.engine.platform import Platform
from runners.engine.run import FailureKind

RUN = "run_2222222222_222222222222"
WORKFLOW = {"prompt": "look at it", "agent_key": "team"}


def remember(
    platform: Platform, agent_key: str, *failures: str, successes: int = 0, weeks_ago: int = 0, job_id: str = "scout"
) -> None:
    """Leave what an agent's runs would have left."""
    at = platform.store.now() - timedelta(weeks=weeks_ago)
    memory = Memory(agent_key)
    for number in range(successes):
        memory = memory.after(Ended(job_id, RUN, number, at, f"told the team {number}", None, 2, 100, 0.5))
    for text in failures:
        memory = memory.after(Ended(job_id, RUN, 0, at, text, FailureKind.ERROR, 1, 10, 0.25))
    keys = platform.store.keys
    platform.store.redis.hset(keys.agent(agent_key), mapping={"version": 1, "json": memory.to_store()})
    platform.store.redis.zadd(keys.agents, {agent_key: 0})


def test_it_tells_sums_ends_and_what_is_left_of_each_failure(platform: Any, client: FlaskClient) -> None:
    remember(platform, "scout", "it answered 503", "it answered 503", successes=3, weeks_ago=1)

    memory = client.get("/agents/memory/scout").json

    assert (memory["executions"], memory["successes"], memory["failures"]) == (5, 3, 2)
    assert (memory["steps"], memory["tokens"], memory["cost"]) == (8, 320, 2.0)
    assert [(one["line"], one["count"], one["weight"]) for one in memory["signatures"]] == [("it answered 503", 2, 1.0)]
    assert [one["text"] for one in memory["recent_successes"]][:1] == ["told the team 2"]


def test_memories_are_listed_by_their_keys_page_by_page(platform: Any, client: FlaskClient) -> None:
    for key in ("b", "a", "c"):
        remember(platform, key, successes=1)
    platform.store.redis.hset(platform.store.keys.agent("b"), "json", "broken")

    first = client.get("/agents/memory?limit=2")
    rest = client.get(first.headers["Link"].partition("<")[2].partition(">")[0])

    assert first.headers["X-Total-Count"] == "3"
    assert [row["agent_key"] for row in first.json + rest.json] == ["a", "c"]


def test_one_failure_is_forgiven_and_the_rest_stays(platform: Any, client: FlaskClient) -> None:
    remember(platform, "scout", "it answered 503", "no such file")

    answer = client.delete("/agents/memory/scout", query_string={"signature": "no such file"})

    assert answer.json == {"agent_key": "scout", "signature": "no such file", "status": "forgotten"}
    left = client.get("/agents/memory/scout").json
    assert [one["line"] for one in left["signatures"]] == ["it answered 503"]
    assert left["failures"] == 2
    assert client.delete("/agents/memory/scout?signature=no such file").status_code == 404


def test_all_is_forgotten_with_an_event_and_an_entry_of_the_audit(platform: Any, client: FlaskClient) -> None:
    remember(platform, "scout", "it answered 503")

    assert client.delete("/agents/memory/scout").status_code == 200
    assert client.get("/agents/memory/scout").status_code == 404
    assert client.delete("/agents/memory/scout").status_code == 404

    (event,) = client.get("/events?event_type=agent.memory_reset").json
    assert event["data"]["agent_key"] == "scout"
    assert [row["operation"] for row in client.get("/audit/logs?object=agent_memory:scout").json] == [
        "forget_agent_memory"
    ]


@pytest.mark.parametrize(
    ("query", "status"), [("?signature=", 404), ("?signature=a&signature=b", 422), ("?line=x", 422)]
)
def test_what_says_nothing_forgets_nothing(platform: Any, client: FlaskClient, query: str, status: int) -> None:
    remember(platform, "scout", "it answered 503")

    assert client.delete(f"/agents/memory/scout{query}").status_code == status
    assert client.get("/agents/memory/scout").json["failures"] == 1


def test_what_cannot_be_read_can_be_forgotten(platform: Any, client: FlaskClient) -> None:
    remember(platform, "scout")
    platform.store.redis.hset(platform.store.keys.agent("scout"), "json", "broken")

    assert client.get("/agents/memory/scout").status_code == 409
    assert client.delete("/agents/memory/scout").status_code == 200


def test_a_workflow_says_in_short_what_its_agent_remembers(platform: Any, client: FlaskClient) -> None:
    remember(platform, "scout", "it answered 503", successes=2)
    remember(platform, "alone", successes=1)
    for job_id, key in (("one", "scout"), ("alone", None), ("fresh", None)):
        form = {"job_id": job_id, "prompt": "look at it"} | ({"agent_key": key} if key else {})
        client.post("/automation/agent-workflow", json=form)

    rows = {row["job_id"]: row["memory"] for row in client.get("/automation/agent-workflows").json}

    assert (rows["one"]["agent_key"], rows["one"]["successes"], rows["one"]["failures"]) == ("scout", 2, 1)
    assert rows["alone"]["agent_key"] == "alone"
    assert rows["fresh"] is None


def test_a_memory_says_which_jobs_use_it_and_which_one_left_what(platform: Any, client: FlaskClient) -> None:
    remember(platform, "team", "it answered 503", successes=1, job_id="left-since")
    for job_id in ("zebra", "ant"):
        saved = client.post("/automation/agent-workflow", json=WORKFLOW | {"job_id": job_id})
    client.post("/automation/agent-workflow", json=WORKFLOW | {"job_id": "alone", "agent_key": "alone"})

    memory = client.get("/agents/memory/team").json

    assert (memory["jobs"], memory["job_count"]) == (["ant", "zebra"], 2)
    assert memory["signatures"][0]["jobs"] == ["left-since"]
    assert {one["job_id"] for one in memory["recent_successes"] + memory["recent_failures"]} == {"left-since"}
    assert client.get("/agents/memory").json[0]["jobs"] == ["ant", "zebra"]
    assert saved.json["shares_memory"] == {"agent_key": "team", "others": ["zebra"], "other_count": 1}
    client.delete("/jobs/ant")
    assert client.get("/agents/memory/team").json["jobs"] == ["zebra"]


@pytest.mark.parametrize(
    ("job_id", "agent_key", "others"),
    [
        ("fresh", "team", ["old"]),
        ("fresh", None, None),
        ("team", None, ["old"]),
        ("old", "team", None),
        ("old", "x", None),
    ],
    ids=["named", "of-its-own", "by-its-id", "itself", "another"],
)
def test_whoever_would_share_a_memory_is_told_before_the_job_is_saved(
    platform: Any, client: FlaskClient, job_id: str, agent_key: str | None, others: list[str] | None
) -> None:
    def spec(job_id: str, agent_key: str | None) -> dict[str, Any]:
        named = {"agent_key": agent_key} if agent_key else {}
        return {"job_id": job_id, "type": "agent.workflow", "inputs": {"prompt": "look at it"} | named}

    client.post("/jobs", json=spec("old", "team"))

    previewed = client.post("/jobs/preview", json=spec(job_id, agent_key)).json["shares_memory"]
    saved = client.post("/jobs", json=spec(job_id, agent_key)).json.get("shares_memory")

    assert previewed == saved
    assert previewed == (others and {"agent_key": "team", "others": others, "other_count": 1})
