"""The description of the API for whoever is signed in: a browser shows no token, and the API reads no cookies."""

from __future__ import annotations

from flask import Blueprint, Response

from runners.engine.operations import Role
from webapp import openapi_page
from webapp.roles import needs

pages = Blueprint("api_docs", __name__, url_prefix="/ui")


@pages.get("/docs")
@needs(Role.VIEWER)
def show() -> Response:
    """Show every route, with its role, fields and answers."""
    return openapi_page.page("/ui")


@pages.get("/openapi.json")
@needs(Role.VIEWER)
def document() -> Response:
    """Give the same for programs."""
    return openapi_page.document()
