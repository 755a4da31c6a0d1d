"""Agents that start and schedule one another: a chain of them ends, whichever way it goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from runners.engine.clock import rfc3339
from tests.clocks import MovingClock
from tests.models.speaking import call, finish, plan, play
from tests.protocol.stage import Stage

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    return MovingClock()


@pytest.fixture
def agents(agents, clock):
    """The platform of the test, on a clock that moves when it is told to."""
    return replace(agents, store=replace(agents.store, clock=clock))


@pytest.fixture
def next_minute(agents, clock, work):
    """Let a minute pass: what falls due then is dispatched, and carried out."""
    stage = Stage(agents, clock, checking=False)

    def pass_by():
        clock.advance(minutes=1)
        stage.tick()
        work(None, stage.store.redis.zrange(stage.store.keys.runs, -1, -1)[0])

    return pass_by


def other(messages):
    return "mate" if "go to mate" in json.dumps(messages) else "scout"


def in_a_minute(clock):
    return {"at": rfc3339(clock() + MINUTE)}


def save_both(save, tool):
    save("scout", prompt="go to mate", allow_tools=[f"{tool}:mate", "start_job:mate"], limits={"repairs": 0})
    save("mate", prompt="go to scout", allow_tools=[f"{tool}:scout", "start_job:scout"], limits={"repairs": 0})


def test_agents_that_schedule_each_other_come_to_an_end(client, save, work, site, clock, next_minute):
    """The same model plays both: each wants the other to run a minute later."""
    save_both(save, "schedule_job")

    def schedule(messages):
        return call("schedule_job", job_id=other(messages), schedule=in_a_minute(clock))

    play(site, plan("schedule_job"), schedule, finish())

    work()
    for _ in range(9):
        next_minute()

    runs = client.get("/runs").json
    assert [run["status"] for run in runs] == ["failed", *["success"] * 5]
    chain = "scout > mate > scout > mate > scout > mate > scout"
    assert f"5 runs started one the other already, and no more may: {chain}" in runs[0]["result"]["error"]
    assert client.get("/jobs/scout").json["next_run_at"] is None
    work()
    next_minute()
    assert len(client.get("/runs").json) == 8, "whoever starts one himself begins anew"


def test_a_chain_that_is_started_and_scheduled_by_turns_comes_to_an_end(client, save, work, site, clock, next_minute):
    save_both(save, "schedule_job")

    def go_on(messages):
        if other(messages) == "mate":
            return call("schedule_job", job_id="mate", schedule=in_a_minute(clock))
        return call("start_job", job_id="scout")

    play(site, plan("schedule_job", "start_job"), go_on, finish())

    work()
    for _ in range(9):
        next_minute()

    runs = client.get("/runs").json
    assert [run["status"] for run in runs] == ["failed", *["success"] * 5]


def test_an_agent_that_runs_by_a_persons_schedule_begins_a_chain(client, save, work, site, next_minute):
    spec = {"job_id": "nightly", "type": "simulation.heavy", "schedule": None, "inputs": {"work_ms": 100}}
    assert client.post("/jobs", json=spec).status_code == 201
    save("scout", allow_tools=["start_job:nightly"])
    scout = client.get("/jobs/scout").json
    kept = {name: scout[name] for name in ("job_id", "type", "inputs", "retry_policy")}
    assert client.post("/jobs", json=kept | {"schedule": {"interval_sec": 60}}).status_code == 200
    play(site, plan("start_job"), call("start_job", job_id="nightly"), finish())

    next_minute()

    assert [run["status"] for run in client.get("/runs?job_id=nightly").json] == ["success"]
