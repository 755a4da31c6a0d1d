"""Variables of traces, by the names that OpenTelemetry gives them."""

from __future__ import annotations

from importlib.util import find_spec

from runners.engine.settings.values import http_url
from runners.engine.settings.variable import Variable


def collector(text: str) -> str:
    """Read the address of a collector; without the extra that speaks to it there is no use in one."""
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        raise ValueError(": traces need the extra `otel`; install it (pip install '.[otel]'), or unset it")
    return http_url(text)


def header(text: str) -> tuple[str, str]:
    """Read one header, as name=value."""
    name, equals, value = text.partition("=")
    if equals and name.strip() and value.strip() and text.isprintable() and text.isascii():
        return name.strip().lower(), value.strip()
    raise ValueError("is not name=value in printable ASCII")


def headers(text: str) -> tuple[tuple[str, str], ...]:
    """Read headers, separated by commas."""
    return tuple(header(part) for part in text.split(","))


TRACING: tuple[Variable, ...] = (
    Variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "collector of traces, OTLP over HTTP (such as http://127.0.0.1:4318); off when unset; needs the extra `otel`",
        "otlp_endpoint",
        collector,
    ),
    Variable(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "",
        "headers for it, as name=value,name=value",
        "otlp_headers",
        headers,
        secret=True,
    ),
)
