"""Readiness speaks for every kind of store, and other sites are let in only by the configuration."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.api.live import serving
from tests.waiting import wait_until
from webapp import create_app

FRIEND = "https://console.example"


@pytest.fixture
def friendly(platform: Any) -> FlaskClient:
    settings = replace(platform.settings, cors_allow_origins=(FRIEND,))
    return create_app(replace(platform, settings=settings)).test_client()


@pytest.mark.parametrize("mode", ["streams-redis7", "streams-embedded", "lists", "memory"])
def test_every_store_is_ready_and_says_what_it_is(client: FlaskClient, mode: str) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["mode"] == mode.partition("-")[0]
    assert answer.json["durability"]


@pytest.mark.parametrize("mode", ["memory"])
def test_every_list_and_figure_answers_in_memory(client: FlaskClient, save: Any) -> None:
    save("daily")

    for path in ("/jobs", "/runs", "/events", "/agents", "/connectors", "/queue", "/metrics", "/jobs/daily/explain"):
        assert client.get(path).status_code == 200, path
    assert client.post("/jobs/daily/run", headers={"Idempotency-Key": "k"}).status_code == 200


def test_a_configured_origin_may_read_and_change(friendly: FlaskClient) -> None:
    headers = {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"}

    read = friendly.get("/jobs", headers=headers)
    changed = friendly.post("/jobs", json={"job_id": "a", "type": "simulation.heavy"}, headers=headers)

    assert read.headers["Access-Control-Allow-Origin"] == FRIEND
    assert "Access-Control-Allow-Credentials" not in read.headers
    assert changed.status_code == 201


def test_a_preflight_of_a_configured_origin_names_what_it_may_send(friendly: FlaskClient) -> None:
    answer = friendly.options("/jobs", headers={"Origin": FRIEND, "Access-Control-Request-Method": "PUT"})

    assert answer.status_code == 200
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://console.example.evil", "http://console.example", "null", "*"])
def test_any_other_origin_stays_outside(friendly: FlaskClient, origin: str) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}

    assert "Access-Control-Allow-Origin" not in friendly.get("/jobs", headers=headers).headers
    assert friendly.post("/jobs", json={}, headers=headers).status_code == 403


def test_no_page_of_the_dashboard_is_shared(friendly: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in friendly.get("/ui", headers={"Origin": FRIEND}).headers


@pytest.mark.slow
def test_a_process_that_is_everything_ends_its_parts_before_itself(tmp_path: Path) -> None:
    with serving("", tmp_path, QUEUE_MODE="memory", MEMORY_FALLBACK="") as live:
        wait_until(lambda: httpx.get(f"{live.url}/connectors").json(), 60)

    assert "part.failed" not in live.log.read_text()
