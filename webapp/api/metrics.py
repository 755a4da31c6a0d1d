"""Figures of the whole deployment for Prometheus; contract §9."""

from __future__ import annotations

from flask import Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from runners.engine.operations import Role
from runners.engine.store import facts
from runners.engine.store.away import reported
from runners.engine.store.gauges import gauges
from runners.engine.store.processes import list_processes
from webapp.api.endpoint import endpoint
from webapp.asking import platform
from webapp.metrics import Deployment
from webapp.metrics_http import durations


@endpoint("GET", "/metrics", Role.VIEWER, answers={200: "text/plain"})
def read_metrics() -> Response:
    """Give the figures of the whole deployment in the Prometheus text format."""
    opened = platform()
    with reported():
        durations().add(opened.store)
        deployment = Deployment(
            counters=facts.metrics(opened.store),
            queue=facts.queue_facts(opened.store),
            gauges=gauges(opened.store),
            processes=list_processes(opened.store),
            mode=opened.store.mode,
            now=opened.store.now(),
        )
    return Response(deployment.text(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
