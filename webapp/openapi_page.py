"""The description of the API as a page: for programs' people at `/docs`, for whoever is signed in at `/ui/docs`."""

from __future__ import annotations

import json
from functools import partial

from flask import Response, render_template, request

from runners.engine.version import VERSION
from webapp import openapi
from webapp.openapi_curl import curl


def page(home: str) -> Response:
    """Answer with the page; the document for programs lies under `home` too."""
    ask = partial(curl, request.host_url.rstrip("/"))
    text = render_template("docs/index.html", document=json.loads(openapi.text(VERSION)), curl=ask, home=home)
    return Response(text, content_type="text/html; charset=utf-8")


def document() -> Response:
    """Answer with the OpenAPI document."""
    return Response(openapi.text(VERSION), content_type="application/json")
