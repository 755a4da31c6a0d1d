"""What the API says of itself: the OpenAPI document and a page made from it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, render_template, request

from runners.engine.operations import Role
from runners.engine.version import VERSION
from webapp import openapi
from webapp.api.endpoint import endpoint
from webapp.openapi_curl import curl


@endpoint("GET", "/openapi.json", Role.VIEWER, answers={200: dict[str, Any]})
def read_openapi() -> Response:
    """Describe every route of this API (OpenAPI 3.1)."""
    return Response(openapi.text(VERSION), content_type="application/json")


@endpoint("GET", "/docs", Role.VIEWER, answers={200: "text/html"})
def read_docs() -> Response:
    """Show this description as a page."""
    page = render_template(
        "docs/index.html", document=openapi.document(VERSION), curl=partial(curl, request.host_url.rstrip("/"))
    )
    return Response(page, content_type="text/html; charset=utf-8")
