"""Figures of the whole deployment in the Prometheus text format."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from webapp import create_app
from webapp.metrics_http import bucket

NAMES = {
    "job_runs",
    "run_duration_seconds",
    "run_wait_seconds",
    "queue_depth",
    "queue_delayed",
    "runs_active",
    "dispatch_decisions",
    "scheduler_tick_seconds",
    "scheduler_lag_seconds",
    "pressure_mode",
    "worker_slots",
    "heartbeat_age_seconds",
    "approvals_pending",
    "http_request_duration_seconds",
}


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Return each sample by its name and labels, the labels in the order of their names."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_every_promised_figure_is_there(client: FlaskClient) -> None:
    families = {family.name for family in text_string_to_metric_families(client.get("/metrics").text)}

    assert families >= NAMES


def test_counters_of_the_store_are_told_as_they_are(client: FlaskClient, platform: Any) -> None:
    counters = {
        "runs|http.request|success": 3,
        "runs|odd|type|failed": 1,
        "duration|4": 2,
        "duration|4194304": 1,
        "duration_ms": 5_000_007,
        "decisions|s|overlap": 5,
        "decisions|d|": 7,
    }
    platform.store.redis.hset(platform.store.keys.metrics, mapping=counters)

    found = samples(client)

    assert found["job_runs_total", "status=success", "type=http.request"] == 3
    assert found["job_runs_total", "status=failed", "type=odd|type"] == 1
    assert found["run_duration_seconds_bucket", "le=0.001"] == 0
    assert found["run_duration_seconds_bucket", "le=0.004"] == 2
    assert found["run_duration_seconds_bucket", "le=1048.576"] == 2
    assert found["run_duration_seconds_bucket", "le=+Inf"] == 3
    assert found["run_duration_seconds_sum",] == 5000.007
    assert found["dispatch_decisions_total", "decision=skipped", "guard=overlap"] == 5
    assert found["dispatch_decisions_total", "decision=dispatched", "guard="] == 7


def test_the_queue_is_counted_by_priority(client: FlaskClient, save: Any) -> None:
    save("daily", inputs={"pressure_priority": "low"})
    client.post("/jobs/daily/run")

    found = samples(client)

    assert found["queue_depth", "priority=low"] == 1
    assert found["runs_active",] == 1


def test_every_process_tells_of_the_requests_of_all(app: Flask, client: FlaskClient, platform: Any) -> None:
    other = create_app(platform).test_client()
    for _ in range(3):
        client.get("/healthz")
    client.get("/metrics")

    found = samples(other)

    assert found["http_request_duration_seconds_count", "status=2xx", "surface=api"] >= 3


def test_a_bucket_holds_all_up_to_its_end() -> None:
    assert [bucket(length) for length in (0, 1, 2, 4, 5, 4_194_304, 10**9)] == [1, 1, 4, 4, 16, 4_194_304, 4_194_304]
