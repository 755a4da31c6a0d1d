"""What every request must pass before a view sees it, and what every response carries.

Sources: Fetch Metadata (W3C), RFC 6454 (Origin), RFC 9110 §15.5.20 (421), CSP Level 3, RFC 6797 (HSTS). No forwarded header
says which host or scheme was asked for: PUBLIC_URL does.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    Forbidden,
    MisdirectedRequest,
    RequestEntityTooLarge,
    RequestTimeout,
)

from runners.engine.settings import Settings
from runners.engine.settings.hosts import is_loopback
from webapp.asking import on_page, platform

MAX_BODY_BYTES = 1024 * 1024
LARGER_BODY_BYTES = {"api.import_jobs": 32 * 1024 * 1024}
"""Limits of the routes that take more: an import takes a whole backup."""
PROBES = frozenset({"api.read_health", "api.read_readiness"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
EXPOSED = ", ".join(
    (
        *("Content-Range", "ETag", "Idempotency-Replayed", "Link", "Location", "Retry-After", "X-Complete-Since"),
        *("X-Dropped-Count", "X-Request-ID", "X-Total-Count"),
    )
)
TAKEN = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Range, X-API-Key"
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guard_requests(app: Flask) -> None:
    """Check where every request of `app` comes from and goes to, and dress every response, errors included."""
    app.before_request(_name_request)
    app.before_request(_refuse_foreign_host)
    app.before_request(_refuse_cross_site)
    app.after_request(_dress)


def take_requests(app: Flask) -> None:
    """Take the bodies of the requests that came so far, and let their changes begin."""
    app.before_request(_read_body)
    app.before_request(_pass_gate)
    app.teardown_request(_leave_gate)


def protect_forms(app: Flask) -> None:
    """Ask every form of the dashboard for its token; the API reads no cookies, so it needs none."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # a form may stay open for a day; its token dies with the session, not with the clock
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # where a request comes from is checked above, by what browsers send in any case
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    forms = CSRFProtect(app)
    # what no route takes is answered 404 or 405, whatever token it carries
    app.before_request(lambda: forms.protect() if on_page() and not request.routing_exception else None)


def _name_request() -> None:
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if SANE_REQUEST_ID.fullmatch(sent) else secrets.token_hex(16)


def _refuse_foreign_host() -> None:
    """Serve the names that are ours.

    Without sign-in these are loopback's, for this machine alone: another name means a page that rebinds its own (DNS
    rebinding), another peer a server that listens elsewhere than it was told to. With it, whatever name was typed, or only
    that of PUBLIC_URL; probes of health come by bare addresses.
    """
    host = request.environ.get("HTTP_HOST")
    if not host:
        raise BadRequest("the request has no Host header; send the address that you connect to")
    if not _settings().auth_enabled:
        _refuse_other_machines()
    elif _settings().public_url is None or request.endpoint in PROBES:
        return
    if not LOOPBACK_HOST.fullmatch(host) and not _is_public_host(host):
        raise MisdirectedRequest(f"host {host[:80]!a} is not served here; use {_served()}")


def _refuse_other_machines() -> None:
    peer = request.remote_addr
    if peer and not is_loopback(peer):
        raise Forbidden("sign-in is off, so only this machine is served; turn it on with AUTH_ENABLED=true")


def _is_public_host(host: str) -> bool:
    origin = urlsplit(_settings().public_origin)
    usual = ":443" if origin.scheme == "https" else ":80"
    return bool(origin.netloc) and host.lower().removesuffix(usual) == origin.netloc.removesuffix(usual)


def _served() -> str:
    return _settings().public_url or "127.0.0.1, localhost or [::1]"


def _settings() -> Settings:
    return platform().settings


def _refuse_cross_site() -> None:
    if request.method not in SAFE_METHODS and not (_same_site() or _allowed_origin()):
        raise Forbidden(
            "a change that another site asks for is refused; add its origin to CORS_ALLOW_ORIGINS to allow it"
        )


def _same_site() -> bool:
    """Trust Fetch Metadata first; a client that sends neither it nor an Origin is no browser and carries no one's session."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or _names_this_host(origin)


def _names_this_host(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    is_ours = (
        origin.lower() == _settings().public_origin or parts.netloc.lower() == request.environ["HTTP_HOST"].lower()
    )
    return parts.scheme in ("http", "https") and is_ours


def _allowed_origin() -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and origin in _settings().cors_allow_origins


def is_preflight() -> bool:
    """Say whether a browser asks, for a page of an allowed origin, what it may send (Fetch, CORS preflight)."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers and _allowed_origin()


def _read_body() -> None:
    """Read the body before anything is done, so that one that is too large changes nothing.

    One byte more than allowed is read: of a chunked body Werkzeug silently cuts off what is beyond its limit. It also
    takes what came before a client went away for the whole of a body whose length was stated; half a YAML may be one.
    Raises RequestEntityTooLarge (413), RequestTimeout (408) or BadRequest (400).
    """
    limit = LARGER_BODY_BYTES.get(request.endpoint or "", MAX_BODY_BYTES)
    request.max_content_length = limit + 1
    try:
        size = len(request.get_data())
        if size < (request.content_length or 0):
            raise ClientDisconnected
    except RequestEntityTooLarge:
        size = limit + 1
    except ClientDisconnected:
        raise RequestTimeout(
            "the body did not arrive whole in time; send it again, faster or in smaller parts"
        ) from None
    except ParseException as error:
        raise BadRequest(f"the chunks of the body cannot be read: {str(error)[:200]}") from None
    if size > limit:
        raise RequestEntityTooLarge(f"the body is larger than {limit} bytes")


def _pass_gate() -> None:
    """Begin a change, its body read; raises StoreAway (503) while this process hands over to a server."""
    if request.method not in SAFE_METHODS:
        platform().gate.enter()
        g.inside_gate = True


def _leave_gate(_: BaseException | None) -> None:
    if g.pop("inside_gate", False):
        platform().gate.leave()


def _dress(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if (_settings().public_url or "").startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
    if not on_page() and _allowed_origin():
        _allow_origin(response)
    return response


def _allow_origin(response: Response) -> None:
    """Let a page of an origin that the configuration names read the answer (Fetch, CORS protocol)."""
    response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers.add("Vary", "Origin")
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
        response.headers["Access-Control-Allow-Headers"] = f"{TAKEN}, {_settings().auth_header}"
        response.headers["Access-Control-Max-Age"] = "600"
