"""One trace from the click, or from the slot, to the run's end: real processes tell a collector on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.faults.deployment import deployed
from tests.waiting import wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector(ThreadingHTTPServer):
    """Keeps every span that it is sent, by trace, and the headers that it came with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.spans: list[tuple[str, Any]] = []
        self.headers: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def trace(self, trace_id: str) -> dict[str, Any]:
        """Return the newest span of each name in one trace."""
        return {span.name: span for trace, span in list(self.spans) if trace == trace_id}


class Taking(BaseHTTPRequestHandler):
    """Takes what OTLP over HTTP sends."""

    server: Collector

    def do_POST(self) -> None:
        sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.add(self.headers["x-tenant"])
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += [(span.trace_id.hex(), span) for span in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def deployment(tmp_path: Path, collector: Collector) -> Iterator[httpx.Client]:
    """A client of a deployment that tells the collector."""
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=ours"}
    with deployed("streams", tmp_path, **env) as found:
        found.start_all("web", "scheduler", "worker")
        with httpx.Client(base_url=found.url, trust_env=False) as client:
            yield client


@pytest.mark.slow
def test_a_click_and_its_run_are_one_trace(deployment: httpx.Client, collector: Collector) -> None:
    job = {"job_id": "flaky", "type": "simulation.flaky", "inputs": {"fail_times": 1, "work_ms": 1}}
    saved = deployment.post("/jobs", json=job | {"retry_policy": {"max_retry": 1, "backoff_sec": [1]}})
    run = deployment.post("/jobs/flaky/run", headers={"X-Request-ID": TRACE}).json()
    assert saved.status_code == 201, saved.text

    found = wait_until(lambda: _whole(collector.trace(TRACE), 4), 30)
    (click,) = (span for name, span in found.items() if name.startswith("POST /jobs/"))
    told = found["run simulation.flaky"]

    assert not click.parent_span_id
    assert told.parent_span_id == click.span_id
    assert {found["attempt"].parent_span_id, found["wait"].parent_span_id} == {told.span_id}
    assert [one.name for trace, one in collector.spans if trace == TRACE].count("attempt") == 2
    assert run["run_id"] in {attribute.value.string_value for attribute in told.attributes}
    assert collector.headers == {"ours"}


@pytest.mark.slow
def test_a_slot_and_its_run_are_one_trace(deployment: httpx.Client, collector: Collector) -> None:
    deployment.post("/jobs", json={"job_id": "beat", "type": "report.daily", "schedule": {"interval_sec": 1}})

    names = wait_until(lambda: _slots(collector), 30)

    assert names >= {"slot", "run report.daily", "wait", "attempt"}


def _slots(collector: Collector) -> set[str]:
    slots = [trace for trace, span in list(collector.spans) if span.name == "slot"]
    return set(collector.trace(slots[0])) if slots else set()


def _whole(found: dict[str, Any], names: int) -> dict[str, Any]:
    return found if len(found) >= names else {}
