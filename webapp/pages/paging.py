"""Pages of a long list: where this one starts, and the addresses of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

NEWER_OLDER = (_l("Newer"), _l("Older"))
BACK_FURTHER = (_l("Back"), _l("Further"))
EARLIER_LATER = (_l("Earlier"), _l("Later"))
FARTHEST = 10_000
"""Pages beyond this are not served: filter instead."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Rows `first` to `last` (from 1) of `total`; a neighbour is None where the list ends."""

    first: int
    last: int
    total: int
    newer: str | None
    older: str | None
    words: tuple[str, str]


def page_number() -> int:
    """Return the page that the URL asks for, from 1; raises NotFound for anything that is none."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= FARTHEST):
        raise NotFound(f"page {text[:20]!a} is not a number from 1 to {FARTHEST}")
    return int(text)


def paging(number: int, size: int, shown: int, total: int, words: tuple[str, str] = NEWER_OLDER) -> Paging:
    """Return the neighbours of page `number` that shows `shown` of `total` rows, under the filters of this URL."""
    before = (number - 1) * size
    return Paging(
        first=before + 1 if shown else before,
        last=before + shown,
        total=total,
        newer=_address(number - 1) if number > 1 else None,
        older=_address(number + 1) if before + shown < total else None,
        words=words,
    )


def _address(number: int) -> str:
    filters: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page" and value}
    return url_for(str(request.endpoint), **filters | (request.view_args or {}), page=number if number > 1 else None)
