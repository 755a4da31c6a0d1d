"""An app in memory, a model that says what a test wants, and runs that are carried out here and now."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from runners.engine.protocol.work import exchange
from runners.execution import Execution
from runners.perform import carry_out
from tests.handlers import server
from tests.handlers.server import Site
from tests.protocol.stage import LEASE
from webapp import create_app


@pytest.fixture
def mode() -> str:
    """What agents write is a part of the protocol, whose own suite covers the modes."""
    return "memory"


@pytest.fixture
def site() -> Iterator[Site]:
    """The model's server, and whatever else is asked over HTTP."""
    with server.running() as found:
        yield found


@pytest.fixture
def agents(platform: Platform, site: Site) -> Platform:
    """A platform whose environment names the model, and lets it be reached."""
    settings = replace(
        platform.settings,
        http_allow_private=("127.0.0.1",),
        openai_base_url=site.url("/v1"),
        openai_api_key="sk-canary-canary-canary",
        planner_ai_model="tiny",
    )
    return replace(platform, settings=settings)


@pytest.fixture
def client(agents: Platform) -> FlaskClient:
    """A client of the app."""
    return create_app(agents).test_client()


@pytest.fixture
def save(client: FlaskClient) -> Callable[..., Any]:
    """Save an agent's job; only what matters is said."""

    def save_job(job_id: str = "scout", **inputs: Any) -> Any:
        spec = {
            "job_id": job_id,
            "type": "agent.workflow",
            "inputs": {"prompt": "look after the shop"} | inputs,
            "retry_policy": {"max_retry": 0},
        }
        return client.post("/jobs", json=spec)

    return save_job


@pytest.fixture
def work(client: FlaskClient, agents: Platform) -> Callable[..., Any]:
    """Carry out what is queued, as a worker does, and return the run as the API shows it; starts one of `job_id` first."""

    def carry(job_id: str | None = "scout", run_id: str = "") -> Any:
        if job_id is not None:
            started = client.post(f"/jobs/{job_id}/run")
            assert started.status_code in (200, 201), started.json
            run_id = started.json["run_id"]
        while taken := exchange(agents.store, "w1", LEASE, [], 1).taken:
            (claimed,) = taken
            execution = Execution(agents, claimed, time.monotonic())
            ended = carry_out(execution, agents.store.rq_redis)
            execution.end_telling()
            exchange(agents.store, "w1", LEASE, [ended], 0)
        return json.loads(client.get(f"/runs/{run_id}").data)

    return carry
