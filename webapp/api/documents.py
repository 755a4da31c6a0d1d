"""What the API says of itself: the OpenAPI document and a page made from it."""

from __future__ import annotations

from typing import Any

from flask import Response

from runners.engine.operations import Role
from webapp import openapi_page
from webapp.api.endpoint import endpoint


@endpoint("GET", "/openapi.json", Role.VIEWER, answers={200: dict[str, Any]})
def read_openapi() -> Response:
    """Describe every route of this API (OpenAPI 3.1)."""
    return openapi_page.document()


@endpoint("GET", "/docs", Role.VIEWER, answers={200: "text/html"})
def read_docs() -> Response:
    """Show this description as a page."""
    return openapi_page.page("")
