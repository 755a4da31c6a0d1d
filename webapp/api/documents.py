"""What the API says of itself: the OpenAPI document and pages made from it."""

from __future__ import annotations

from typing import Any

from flask import Response

from runners.engine.operations import Role
from webapp import openapi_page
from webapp.api.endpoint import endpoint
from webapp.parsing_query import Query
from webapp.parsing_types import Search


class DocsQuery(Query):
    """Which routes to show: those with this in their path, name or description."""

    search: Search | None = None


@endpoint("GET", "/openapi.json", Role.VIEWER, answers={200: dict[str, Any]})
def read_openapi() -> Response:
    """Describe every route of this API (OpenAPI 3.1)."""
    return openapi_page.document()


@endpoint("GET", "/docs", Role.VIEWER, query=DocsQuery, answers={200: "text/html"})
def read_docs(query: DocsQuery) -> Response:
    """Show this description as a page, with the routes that have the word that is searched for."""
    return openapi_page.index("", query.search or "")


@endpoint("GET", "/docs/{docs_group}", Role.VIEWER, answers={200: "text/html"})
def read_docs_group(docs_group: str) -> Response:
    """Show the routes whose path begins with this word, as a page."""
    return openapi_page.group("", docs_group)


@endpoint("GET", "/docs/shapes/{docs_shape}", Role.VIEWER, answers={200: "text/html"})
def read_docs_shape(docs_shape: str) -> Response:
    """Show one shape of what is sent or comes back, and where, as a page."""
    return openapi_page.shape("", docs_shape)
