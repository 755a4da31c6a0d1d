"""Our cookies: their names, and what a browser must keep to about them (RFC 6265bis).

Over TLS (PUBLIC_URL is https) a name begins with `__Host-`, so that no other host and no plain connection can set it. Over
plain http, as on loopback, a name ends in our port instead: browsers give cookies to every port of a host.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from flask import Request, Response, request

from webapp.asking import platform


class Cookie(StrEnum):
    """What each of them is for."""

    SESSION = "session"
    """The id of the session of somebody who is signed in."""
    VISITOR = "visitor"
    """The signed content of the session of everybody else."""
    KNOWN = "known"
    """The signed proof that somebody has signed in with this browser before."""


SAME_SITE: dict[Cookie, Literal["Lax", "Strict"]] = {
    # a link in an e-mail or a chat leads to the page itself, not to the sign-in page; nothing is changed by a GET
    Cookie.SESSION: "Lax",
    Cookie.VISITOR: "Strict",
    Cookie.KNOWN: "Strict",
}


def read_cookie(asking: Request, cookie: Cookie) -> str:
    """Return what the browser sent, '' for nothing."""
    return asking.cookies.get(_name(cookie), "")


def set_cookie(response: Response, cookie: Cookie, value: str, max_age: int | None = None) -> None:
    """Give the browser a cookie; without `max_age` it ends with the browser."""
    response.set_cookie(
        _name(cookie),
        value,
        max_age=max_age,
        secure=over_tls(),
        httponly=True,
        samesite=SAME_SITE[cookie],
    )


def drop_cookie(response: Response, cookie: Cookie) -> None:
    """Take a cookie away, if the browser has it."""
    if _name(cookie) in request.cookies:
        response.delete_cookie(_name(cookie), secure=over_tls(), httponly=True, samesite=SAME_SITE[cookie])


def over_tls() -> bool:
    """Say whether browsers reach us over TLS."""
    return request.is_secure or (platform().settings.public_url or "").startswith("https://")


def _name(cookie: Cookie) -> str:
    return f"__Host-multijob-{cookie}" if over_tls() else f"multijob-{cookie}-{platform().settings.port}"
