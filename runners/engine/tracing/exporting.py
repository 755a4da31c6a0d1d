"""The only room that knows OpenTelemetry, which is an extra: spans go out by OTLP over HTTP, from a thread of its own.

What the collector does not take is given up after the library's own tries: a trace must not hold up what it tells of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from runners.engine.known_secrets import hidden
from runners.engine.settings import Settings
from runners.engine.tracing.span import Span
from runners.engine.version import VERSION

PATH = "/v1/traces"
ERROR_SHOWN = 300


def collector(settings: Settings) -> SpanExporter:
    """Return what brings spans to the collector of the settings."""
    assert settings.otlp_endpoint, "an endpoint is set"
    return OTLPSpanExporter(settings.otlp_endpoint.rstrip("/") + PATH, headers=dict(settings.otlp_headers))


class Exporting:
    """Takes spans and sends them in batches. `tell` never waits: with 2 048 spans on their way, further ones are dropped."""

    def __init__(self, exporter: SpanExporter, process: str) -> None:
        """`process` is what tells: web or scheduler."""
        self._resource = Resource({"service.name": "multijob", "service.version": VERSION, "multijob.process": process})
        self._batches = BatchSpanProcessor(exporter, schedule_delay_millis=1000)

    def tell(self, spans: Iterable[Span]) -> None:
        """Take spans to be sent."""
        for span in spans:
            self._batches.on_end(self._readable(span))

    def end(self) -> None:
        """Send what waits, for a few seconds at most."""
        self._batches.shutdown()

    def _readable(self, span: Span) -> ReadableSpan:
        context, parent = _context(span.trace_id, span.span_id), _context(span.trace_id, span.parent_id or "0")
        failed = Status(StatusCode.ERROR, hidden(span.error)[:ERROR_SHOWN])
        return ReadableSpan(
            name=span.name,
            context=context,
            parent=parent if span.parent_id else None,
            resource=self._resource,
            attributes=span.attributes,
            kind=SpanKind.INTERNAL if span.parent_id else SpanKind.SERVER,
            status=failed if span.error else Status(StatusCode.OK),
            start_time=_nanoseconds(span.start),
            end_time=_nanoseconds(span.end),
        )


def _context(trace_id: str, span_id: str) -> SpanContext:
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000) * 1000
