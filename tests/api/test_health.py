"""Readiness names what is wrong with the store, in time; a store that is away is a 503 everywhere."""

import signal
import time
from collections.abc import Callable, Iterator
from os import kill
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.protocol import presence
from runners.engine.store import processes
from tests import servers

AWAY = ["/queue", "/jobs", "/jobs/a", "/runs", "/events", "/agents", "/connectors", "/metrics", "/readyz"]


@pytest.fixture
def mode() -> str:
    """A server of this module alone: the tests spoil it."""
    return "own"


@pytest.fixture
def own_server() -> Iterator[servers.Server]:
    with servers.running(servers.redis_binary()) as server:
        yield server


@pytest.fixture
def server_env(own_server: servers.Server, tmp_path: Any) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "REDIS_URL": own_server.url}


def beat(platform: Any, kind: str) -> None:
    said = processes.ProcessBeat(f"{kind}-1", kind, "host", 1, "0", platform.store.now(), "idle")
    presence.beat(platform.store, said)


def test_a_store_alone_is_ready_with_warnings(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert (answer.json["scheduler"], answer.json["workers"]) == ("missing", 0)
    assert len(answer.json["warnings"]) >= 2
    assert any("no append-only file" in warning for warning in answer.json["warnings"])


def test_processes_that_beat_are_counted(client: FlaskClient, platform: Any) -> None:
    for kind in ("scheduler", "worker"):
        beat(platform, kind)

    answer = client.get("/readyz")

    assert (answer.json["scheduler"], answer.json["workers"]) == ("online", 1)


def full(admin: Any) -> None:
    admin.config_set("maxmemory", "1")


def read_only(admin: Any) -> None:
    admin.replicaof("127.0.0.1", 1)


def evicting(admin: Any) -> None:
    admin.config_set("maxmemory-policy", "allkeys-lru")


def other_mode(admin: Any) -> None:
    admin.hset("mj:mode", "name", "lists")


def sealed_elsewhere(admin: Any) -> None:
    admin.sadd("mj:records:keys", "f" * 12)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (full, "full"),
        (read_only, "read-only"),
        (evicting, "eviction policy"),
        (other_mode, "other mode"),
        (sealed_elsewhere, "missing key"),
    ],
)
@pytest.mark.reproduces("The server throws things away", "")
@pytest.mark.reproduces("The store is full", "")
def test_a_store_that_takes_no_writes_is_named(
    client: FlaskClient, own_server: servers.Server, spoil: Callable[[Any], None], word: str
) -> None:
    admin = own_server.client()
    spoil(admin)
    admin.close()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert word in answer.json["detail"]
    assert answer.headers["Retry-After"].isdigit()


def test_a_store_that_hangs_is_named_within_two_seconds(client: FlaskClient, own_server: servers.Server) -> None:
    kill(own_server.pid, signal.SIGSTOP)

    began = time.monotonic()
    answer = client.get("/readyz")

    assert time.monotonic() - began < 2
    assert answer.status_code == 503
    assert "down" in answer.json["detail"]
    kill(own_server.pid, signal.SIGCONT)


def test_a_store_that_is_gone_is_a_503_everywhere(client: FlaskClient, own_server: servers.Server) -> None:
    assert client.get("/queue").status_code == 200
    kill(own_server.pid, signal.SIGKILL)

    for path in AWAY:
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"].isdigit()
        assert answer.content_type == "application/problem+json"
    assert client.post("/jobs", json={"job_id": "a", "type": "simulation.heavy"}).status_code == 503
    assert client.post("/jobs/a/run", headers={"Idempotency-Key": "k"}).status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_read_only_store_refuses_changes_with_a_503(client: FlaskClient, own_server: servers.Server) -> None:
    admin = own_server.client()
    read_only(admin)
    admin.close()

    answer = client.post("/jobs", json={"job_id": "a", "type": "simulation.heavy"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdigit()
