"""An app on a real server, asked in the same process; `live` asks a real web server instead."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.live import Live, serving
from webapp import create_app

Save = Callable[..., dict[str, Any]]


@pytest.fixture
def mode() -> str:
    """The API is the same in every mode; the protocol's own suite covers them all."""
    return "streams-redis7"


@pytest.fixture
def app(platform: Any) -> Flask:
    """The whole app."""
    return create_app(platform)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app; it sends Host: localhost."""
    return app.test_client()


@pytest.fixture
def save(client: FlaskClient) -> Save:
    """Save a job of a type that is always there; only what matters is said."""

    def save_job(job_id: str = "daily", **fields: Any) -> dict[str, Any]:
        spec = {"job_id": job_id, "type": "simulation.heavy", "schedule": {"interval_sec": 3600}, **fields}
        answer = client.post("/jobs", json=spec)
        assert answer.status_code in (200, 201), answer.json
        found: dict[str, Any] = json.loads(answer.data)
        return found

    return save_job


@pytest.fixture(scope="module")
def live(redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A real web server on a free port, on a flushed database."""
    with serving(redis_server.emptied().url, tmp_path_factory.mktemp("live")) as found:
        yield found
