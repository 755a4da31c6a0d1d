"""Headers of an HTTP request and its answer: what a job may send, what a redirect takes along, what an output shows."""

import re

import httpx

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")  # RFC 9110 §5.6.2: token
VALUE = re.compile(r"[\t\x20-\x7e]{0,8192}")
# What belongs to the connection, and what this side must compute itself.
REFUSED = frozenset({"host", "connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
                     "transfer-encoding", "upgrade", "content-length", "expect"})  # fmt: skip
# A redirect to another origin takes these along and nothing else: any other header of the job may be a secret.
HARMLESS = frozenset({"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"})
SHOWN = ("content-type", "content-length", "date", "etag", "last-modified", "retry-after", "server")


def checked(headers: dict[str, str]) -> dict[str, str]:
    """Return `headers` as they are. Raises ValueError naming a header that a job may not send."""
    for name, value in headers.items():
        if not NAME.fullmatch(name):
            raise ValueError(f"header name {name[:80]!r} is not a token of RFC 9110")
        if name.lower() in REFUSED:
            raise ValueError(f"header {name!r} belongs to the connection; leave it out")
        if not VALUE.fullmatch(value):
            raise ValueError(f"header {name!r} is not printable ASCII on one line of at most 8192 characters")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("headers: a name stands twice, in different case")
    return headers


def without_secrets(outgoing: httpx.Request, since: httpx.URL) -> httpx.Request:
    """Return the next request of a redirect, without what only the origin of `since` may see."""
    if _origin(outgoing.url) != _origin(since):
        for name in [name for name in outgoing.headers if name.lower() not in HARMLESS]:
            del outgoing.headers[name]
    return outgoing


def shown(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers of an answer that an output shows; cookies and the like stay out."""
    return {name: headers[name] for name in SHOWN if name in headers}


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port
