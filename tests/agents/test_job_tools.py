"""Other jobs, started and scheduled in the name of whoever saved the agent's job, and never by more right than that person has."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from runners.agents.owner import owner
from runners.engine import operations
from runners.engine.errors import Forbidden
from runners.engine.operations import Actor, Role
from tests.handlers.context import FakeContext
from tests.models.speaking import asked, call, finish, plan, play, told
from tests.planted import PASSWORD

ADA = Actor("ada", Role.ADMIN, "api")


@pytest.fixture
def other(client):
    """A job that an agent may want to start."""
    spec = {"job_id": "nightly", "type": "simulation.heavy", "schedule": None, "inputs": {"work_ms": 100}}
    assert client.post("/jobs", json=spec).status_code == 201


def last_told(site):
    return told(asked(site)[-1]["messages"])[-1]


def test_a_job_is_started_once_and_the_audit_names_who_is_behind_it(client, save, work, site, other):
    save(allow_tools=["start_job:nightly"])
    play(site, plan("start_job"), call("start_job", job_id="nightly", inputs={"payload_kb": 1}), finish())

    work()

    (made,) = client.get("/runs?job_id=nightly&full=1").json
    assert made["inputs"]["payload_kb"] == 1 and made["status"] == "success"
    entry = next(row for row in client.get("/audit/logs").json if row["object"] == f"run:{made['run_id']}")
    assert (entry["actor"], entry["operation"], entry["surface"]) == ("local", "run_job", "system")


def test_agents_that_start_each_other_come_to_an_end(client, save, work, site):
    """The same model plays both: each wants the other started."""
    save("scout", prompt="go to mate", allow_tools=["start_job:mate"], limits={"repairs": 0})
    save("mate", prompt="go to scout", allow_tools=["start_job:scout"], limits={"repairs": 0})

    def start(messages):
        return call("start_job", job_id="mate" if "go to mate" in json.dumps(messages) else "scout")

    play(site, plan("start_job"), start, finish())

    work()

    runs = client.get("/runs").json
    assert [run["status"] for run in runs] == ["failed", *["success"] * 5]
    assert "scout > mate > scout > mate > scout > mate > scout" in runs[0]["result"]["error"]
    assert client.post("/jobs/scout/run").status_code == 200, "whoever starts one himself begins anew"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"job_id": "scout"}, "never its own"),
        ({"job_id": "nightly"}, "job 'nightly' is held"),
        ({"job_id": "nightly", "inputs": {"allow_overlap": True}}, "guard control"),
    ],
)
def test_what_a_person_would_be_refused_is_refused_to_the_agent(client, save, work, site, other, arguments, fault):
    client.post("/jobs/nightly/pause")
    save(allow_tools=["start_job:nightly", "start_job:scout"], limits={"repairs": 0})
    play(site, plan("start_job"), call("start_job", **arguments), finish())

    run = work()

    assert run["status"] == "failed" and fault in run["result"]["error"]
    assert client.get("/runs?job_id=nightly").json == []


REACHING = {
    "agent.workflow": {"prompt": "read the orders"},
    "command.run": {"argv": ["df", "-Pk"]},
    "http.request": {"url": "https://example.com/"},
    "simulation.heavy": {"work_ms": 100},
}


@pytest.mark.parametrize(
    ("job_type", "inputs", "fault"),
    [
        (
            "agent.workflow",
            {"prompt": "steal", "allow_tools": ["http:bank/main"]},
            "may set prompt .*, and not allow_tools",
        ),
        ("agent.workflow", {"require_approval_for_missing": False}, "and not require_approval_for_missing"),
        ("agent.workflow", {"agent_key": "watcher"}, "and not agent_key"),
        ("command.run", {"argv": ["df", "/etc"]}, "may set stdin .*, and not argv"),
        ("http.request", {"url": "https://evil.example/", "method": "DELETE"}, "may set body .*, and not method, url"),
        ("http.request", {"body": ["{{secret:bank/main/token}}"]}, "may not refer to secrets, as in bank/main/token"),
        ("simulation.heavy", {"note": "{{secret:bank/main/token}}"}, "may not refer to secrets"),
    ],
    ids=["tools", "asking", "memory", "program", "address", "secret", "secret-of-any"],
)
def test_what_another_job_reaches_is_its_own_to_say(client, save, work, site, job_type, inputs, fault):
    spec = {"job_id": "reaching", "type": job_type, "schedule": None, "inputs": REACHING[job_type]}
    assert client.post("/jobs", json=spec).status_code == 201
    save(allow_tools=["start_job:reaching"], limits={"repairs": 0})
    play(site, plan("start_job"), call("start_job", job_id="reaching", inputs=inputs), finish())

    run = work()

    assert run["status"] == "failed"
    assert re.search(f"job 'reaching' keeps what it reaches: an agent .*{fault}", run["result"]["error"])
    assert client.get("/runs?job_id=reaching").json == []


def test_another_agent_is_told_what_to_do_and_acts_by_its_own_rights(client, save, work, site):
    save("clerk", allow_tools=["note"])
    save(allow_tools=["start_job:clerk"])
    play(site, plan("start_job"), call("start_job", job_id="clerk", inputs={"prompt": "file this"}), finish())

    run = work()

    (made,) = client.get("/runs?job_id=clerk&full=1").json
    assert made["inputs"]["prompt"] == "file this" and made["inputs"]["allow_tools"] == ["note"]
    steps = client.get(f"/runs/{run['run_id']}/steps").json
    assert 'start job clerk with {"prompt": "file this"}' in [step["what"] for step in steps]


def test_a_job_is_scheduled_as_a_version_of_its_own(client, save, work, site, other):
    client.put("/jobs/nightly/disable")
    save(allow_tools=["schedule_job:nightly"])
    once = {"at": "2100-01-01T02:00:00.000Z"}
    play(site, plan("schedule_job"), call("schedule_job", job_id="nightly", schedule=once), finish())

    work()

    job = client.get("/jobs/nightly").json
    assert (job["schedule"]["at"], job["version"], job["enabled"]) == (once["at"], 2, False)
    assert client.get("/jobs/nightly/versions").json[0]["actor"] == "local"


def test_what_recurs_is_given_once_people_have_seen_how_and_nothing_else_is(client, save, work, site, other):
    save(allow_tools=["schedule_job:nightly"])
    nightly, often = {"cron": "0 2 * * *", "timezone": "Asia/Jakarta"}, {"interval_sec": 1}
    play(site, plan("schedule_job"), call("schedule_job", job_id="nightly", schedule=nightly), finish())

    run = work()

    (approval,) = client.get("/approvals?status=pending").json
    assert client.get("/jobs/nightly").json["schedule"] is None
    assert approval["grants"] == [{"capability": "schedule", "value": "nightly@cron 0 2 * * *, timezone Asia/Jakarta"}]
    assert approval["requests"][0]["why"].endswith("'nightly' a schedule that recurs until somebody takes it away")
    client.post(f"/approvals/{approval['approval_id']}/approve")
    assert work(None, run["run_id"])["status"] == "success"
    assert client.get("/jobs/nightly").json["schedule"]["timezone"] == "Asia/Jakarta"

    play(site, plan("schedule_job"), call("schedule_job", job_id="nightly", schedule=often), finish())
    assert work()["status"] == "waiting_approval"
    (further,) = client.get("/approvals?status=pending").json
    assert further["grants"] == [{"capability": "schedule", "value": "nightly@interval_sec 1"}]


def test_a_person_who_names_what_recurs_in_the_job_is_not_asked(client, save, work, site, other):
    save(allow_tools=["schedule_job:nightly@interval_sec 3600"], limits={"repairs": 0})
    play(site, plan("schedule_job"), call("schedule_job", job_id="nightly", schedule={"interval_sec": 3600}), finish())

    assert work()["status"] == "success"
    assert client.get("/jobs/nightly").json["schedule"]["interval_sec"] == 3600
    assert save(allow_tools=["schedule_job:nightly@often"]).status_code == 422


def test_a_schedule_that_is_none_is_refused_by_its_name(client, save, work, site, other):
    save(allow_tools=["schedule_job:nightly"])
    play(site, plan("schedule_job"), call("schedule_job", job_id="nightly", schedule={"cron": "99 * * * *"}), finish())

    work()

    assert "minute 99 is not in 0-59" in json.dumps(asked(site)[-1]["messages"])
    assert client.get("/jobs/nightly").json["version"] == 1


def test_whoever_may_no_longer_is_no_longer_acted_for(agents, monkeypatch):
    signed = replace(agents, settings=replace(agents.settings, auth_enabled=True))
    bob = operations.create_person(signed, ADA, "bob", Role.OPERATOR, PASSWORD)
    saved = operations.save_job(
        signed,
        Actor("bob", Role.OPERATOR, "api"),
        {"job_id": "scout", "type": "agent.workflow", "inputs": {"prompt": "abc"}},
    )
    run = operations.run_job(signed, ADA, saved.job.job_id)
    ctx = FakeContext(platform=signed, run_id=run.run_id, job_id="scout")

    assert (owner(ctx).name, owner(ctx).role) == (bob.name, Role.OPERATOR)
    operations.change_person(signed, ADA, "bob", role=Role.VIEWER)
    with pytest.raises(Forbidden, match="'bob', who saved this job, may do that no longer"):
        owner(ctx)
