"""The description of the API for whoever is signed in: a browser shows no token, and the API reads no cookies."""

from __future__ import annotations

from flask import Blueprint, Response, request

from runners.engine.operations import Role
from webapp import openapi_page
from webapp.roles import needs

pages = Blueprint("api_docs", __name__, url_prefix="/ui")


@pages.get("/docs")
@needs(Role.VIEWER)
def show() -> Response:
    """Show how the API is used, and every route that has the word that is searched for."""
    return openapi_page.index("/ui", request.args.get("search", "").strip()[:200])


@pages.get("/docs/<docs_group:docs_group>")
@needs(Role.VIEWER)
def show_group(docs_group: str) -> Response:
    """Show the routes whose path begins with one word, with their roles, fields and answers."""
    return openapi_page.group("/ui", docs_group)


@pages.get("/docs/shapes/<docs_shape:docs_shape>")
@needs(Role.VIEWER)
def show_shape(docs_shape: str) -> Response:
    """Show one shape of what is sent or comes back."""
    return openapi_page.shape("/ui", docs_shape)


@pages.get("/openapi.json")
@needs(Role.VIEWER)
def document() -> Response:
    """Give the same for programs."""
    return openapi_page.document()
