"""Where somebody lands after signing in: on a page of ours, whatever a link says (OWASP: unvalidated redirects).

An address is taken only in the one spelling in which we write them ourselves; nothing is repaired, decoded or resolved.
"""

from __future__ import annotations

import re

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webapp.mounted import outside

LONGEST = 1500
# the characters of our own addresses: no backslash, no '//', no '@', nothing encoded in a path, only printable ASCII
PATH = r"/ui(?:/[A-Za-z0-9._~:-]+)*"
QUERY = r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
OURS = re.compile(PATH + QUERY, re.ASCII)
NO_LANDING = frozenset({"signing_in.show"})


def home() -> str:
    """Return the address of the overview."""
    return outside("/ui")


def landing(asked: str) -> str:
    """Return `asked` if it is the address of a page that can be shown, else the overview's."""
    return asked if _is_page(asked) else home()


def here() -> str:
    """Return the address of this request as a landing; the overview's when it has none that could be shown."""
    query = request.query_string.decode("latin-1")
    path = outside(request.path)
    return landing(f"{path}?{query}" if query else path)


def came_from() -> str:
    """Return the page whose form was sent, by the Referer; the overview's when it names none of ours."""
    return _page_of(request.headers.get("Referer", ""))


def page_in_view() -> str:
    """Return the page of which htmx asks for a part; the overview's when it names none of ours."""
    return _page_of(request.headers.get("HX-Current-URL", ""))


def _page_of(address: str) -> str:
    before, _, path = address.partition(request.headers.get("Host", "\0"))
    return landing(path.partition("#")[0]) if before in ("http://", "https://") else home()


def _is_page(address: str) -> bool:
    below = address.removeprefix(request.root_path)
    if len(address) > LONGEST or address != outside(below) or not OURS.fullmatch(below):
        return False
    path = below.partition("?")[0]
    if {".", ".."} & set(path.split("/")):
        return False
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return endpoint not in NO_LANDING
