"""The beginning of a trace: the request that asked for something. Off until an endpoint for traces is set."""

from __future__ import annotations

import atexit
import time
from datetime import UTC, datetime, timedelta

from flask import Flask, Response, g, request

from runners.engine.tracing.span import Span, root_id, trace_id
from webapp.asking import request_id
from webapp.security import SAFE_METHODS


def trace_requests(app: Flask) -> None:
    """Tell of each request that may change something; looking around is no beginning of anything."""
    settings = app.extensions["platform"].settings
    if not settings.otlp_endpoint:
        return
    from runners.engine.tracing.exporting import Exporting, collector

    exporting = Exporting(collector(settings), "web")
    atexit.register(exporting.end)

    def tell(response: Response) -> Response:
        if request.method not in SAFE_METHODS:
            exporting.tell([_span(response)])
        return response

    app.after_request(tell)


def _span(response: Response) -> Span:
    end = datetime.now(UTC)
    length = timedelta(seconds=time.monotonic() - g.began) if "began" in g else timedelta()
    route = request.url_rule.rule if request.url_rule else "unknown"
    about: dict[str, str | int] = {
        "http.request.method": request.method,
        "http.route": route,
        "http.response.status_code": response.status_code,
    }
    error = response.status if response.status_code >= 500 else ""
    name = f"{request.method} {route}"
    return Span(name, trace_id(request_id()), root_id(request_id()), "", end - length, end, error, about)
