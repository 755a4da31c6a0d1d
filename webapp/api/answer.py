"""Answers of the API: one object, one page of a list, with the headers that belong to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from runners.engine.operations import Page
from webapp.mounted import outside

Row = TypeVar("Row")


def one(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with `value` as JSON. Non-ASCII is escaped: a stored half of a surrogate pair can then do no harm."""
    text = json.dumps(value, separators=(",", ":"))
    sent = dict(headers or {})
    if "Location" in sent:
        sent["Location"] = outside(sent["Location"])
    return Response(text, status, sent, content_type="application/json")


def many(page: Page[Row], to_row: Callable[[Row], Any]) -> Response:
    """Answer with one page as a bare array; the total and the way to the next page ride in headers."""
    return one([to_row(row) for row in page.rows], headers=paging(page.total, page.next_cursor))


def paging(total: int, next_cursor: str | None) -> dict[str, str]:
    """Return the headers of a page of a list: how many rows all pages have, and the way to the next page."""
    headers = {"X-Total-Count": str(total)}
    if next_cursor:
        headers["Link"] = f'<{_next(next_cursor)}>; rel="next"'
    return headers


def _next(cursor: str) -> str:
    """Return this request's address with the cursor in place of the offset; relative, so that no Host is repeated."""
    kept = [(name, value) for name, value in request.args.items() if name not in ("cursor", "offset")]
    return f"{outside(request.path)}?{urlencode([*kept, ('cursor', cursor)])}"
