"""The pages of jobs, asked in the same process: one server and one app for each module, and jobs of their own for each test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from runners.engine import operations, settings
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform, open_platform
from tests.planted import SECRET_KEY
from webapp import create_app

ADA = Actor("ada", Role.ADMIN, "web")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """Somebody who may do everything, with a browser that has no scripts."""

    client: FlaskClient

    def get(self, path: str, language: str = "en", **headers: str) -> str:
        """Return the page, which must be there."""
        answer = self.client.get(path, headers={"Accept-Language": language, **headers})
        assert answer.status_code == 200, answer.text
        return answer.text

    def part(self, path: str) -> str:
        """Return the part of the page that asks for itself again."""
        return self.get(path, **{"HX-Request": "true"})

    def send(self, path: str, page: str, **fields: str) -> TestResponse:
        """Send a form of `page` to `path`; names of fields have their dots as '__'."""
        (token, *_) = TOKEN.findall(self.get(page))
        typed = {name.replace("__", "."): value for name, value in fields.items()}
        return self.client.post(path, data={"csrf_token": token, **typed})


@pytest.fixture(scope="module")
def stored(redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform on an empty server, for all tests of a module."""
    folder = tmp_path_factory.mktemp("pages")
    env = {"DATA_DIR": str(folder), "SECRET_KEY": SECRET_KEY}
    opened = open_platform(settings.read(env | {"REDIS_URL": redis_server.emptied().url}))
    yield opened
    opened.store.redis.connection_pool.disconnect()
    opened.store.rq_redis.connection_pool.disconnect()


@pytest.fixture(scope="module")
def visitor(stored: Platform) -> Visitor:
    """A browser without scripts."""
    return Visitor(create_app(stored).test_client())


def save(platform: Platform, job_id: str, **spec: Any) -> None:
    """Save a job that only waits, unless `spec` says otherwise."""
    operations.save_job(platform, ADA, {"job_id": job_id, "type": "simulation.heavy", **spec})


def job(platform: Platform, job_id: str) -> dict[str, Any]:
    """Return the job's spec as it is stored, with its version and its flag."""
    found = operations.get_job(platform, ADA, job_id)
    return found.spec.to_json() | {"version": found.version, "enabled": found.enabled}
