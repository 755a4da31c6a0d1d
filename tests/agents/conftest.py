"""An app in memory, a model that says what a test wants, and runs that are carried out here and now."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine import settings
from runners.engine.platform import Platform
from runners.engine.protocol.work import exchange
from runners.execution import Execution
from runners.memory import open_memory
from runners.perform import carry_out
from tests.handlers import server
from tests.handlers.server import Site
from tests.planted import MODEL_KEY, SECRET_KEY
from tests.protocol.stage import LEASE
from webapp import create_app


@pytest.fixture
def mode() -> str:
    """What agents write is a part of the protocol, whose own suite covers the modes."""
    return "memory"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Platform, Flask]]:
    """A server for the model, a platform in memory whose environment names it and may reach it, and the app: once for a module."""
    with server.running() as found:
        environ = {
            "QUEUE_MODE": "memory",
            "DATA_DIR": str(tmp_path_factory.mktemp("ground") / "platform"),
            "SECRET_KEY": SECRET_KEY,
            "HTTP_ALLOW_PRIVATE": "127.0.0.1",
            "OPENAI_BASE_URL": found.url("/v1"),
            "OPENAI_API_KEY": MODEL_KEY,
            "PLANNER_AI_MODEL": "tiny",
        }
        platform = open_memory(settings.read(environ))
        yield found, platform, create_app(platform)
        platform.store.redis.connection_pool.disconnect()
        platform.store.rq_redis.connection_pool.disconnect()


@pytest.fixture
def site(ground: tuple[Site, Platform, Flask]) -> Site:
    """The model's server, and whatever else is asked over HTTP; it has seen nothing yet."""
    found = ground[0]
    found.seen.clear()
    found.pages.clear()
    return found


@pytest.fixture
def agents(ground: tuple[Site, Platform, Flask]) -> Platform:
    """The platform, with nothing in its store."""
    platform = ground[1]
    platform.store.redis.flushall()
    return platform


@pytest.fixture
def client(agents: Platform, ground: tuple[Site, Platform, Flask]) -> FlaskClient:
    """A client of the app; of one of its own where a test has changed the platform's settings."""
    _, platform, app = ground
    return (app if agents is platform else create_app(agents)).test_client()


@pytest.fixture
def save(client: FlaskClient) -> Callable[..., Any]:
    """Save an agent's job; only what matters is said."""

    def save_job(job_id: str = "scout", **inputs: Any) -> Any:
        spec = {
            "job_id": job_id,
            "type": "agent.workflow",
            "inputs": {"prompt": "look after the shop"} | inputs,
            "retry_policy": {"max_retry": 0},
            "timeout_ms": 600_000,
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
