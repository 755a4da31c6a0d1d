"""Who may do what, asked of the whole app: every route with each of its methods, as nobody, as each role, and by what has ended.

Verdicts: `in` (whatever else is said of the request), `401`, `403`, and for pages `sign-in`, the way there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.protocol.people import create
from tests.access.browsing import FROM_HERE, Browsing
from tests.access.conftest import ADMIN, bearer, encoded, of_environment

WHO = ("none", "viewer", "operator", "admin", "revoked", "expired")
ABSENT = {
    "run_id": "run_2222222222_222222222222",
    "approval_id": "ap_2222222222_222222222222_1",
    "grant_id": "ap_2222222222_222222222222_1",
    "bulk_id": "bulk_000000000000000000000000",
    "version_id": "1",
    "token_id": "aaaaaaaaaaaa",
    "filename": "css/base.css",
}
"""Names that fit their place in a path; everywhere else 'absent' does."""
LAST = ("signing_in.leave",)
"""Asked at the end: they end the session that asks."""
SIGNING_IN = ("signing_in", "first")
"""Rooms whose own answers lead to the sign-in page, and refuse what is typed there."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one route."""

    method: str
    rule: str
    endpoint: str

    @property
    def is_page(self) -> bool:
        """Whether a browser's session says who asks."""
        return self.rule.startswith("/ui")

    @property
    def path(self) -> str:
        """An address that matches it."""
        parts = self.rule.replace(">", "<").split("<")
        names = [ABSENT.get(part.rpartition(":")[2], "absent") for part in parts[1::2]]
        return "".join(plain + name for plain, name in zip(parts[::2], [*names, ""], strict=True))

    @property
    def shown(self) -> str:
        """Its name in the matrix."""
        parts = self.rule.replace(">", "<").split("<")
        names = ["{" + part.rpartition(":")[2] + "}" for part in parts[1::2]]
        return f"{self.method:<6} " + "".join(
            plain + name for plain, name in zip(parts[::2], [*names, ""], strict=True)
        )


def routes(app: Flask) -> list[Route]:
    """Return every method of every route, in the order of their addresses."""
    found = [Route(method, rule.rule, rule.endpoint) for rule in app.url_map.iter_rules() for method in _methods(rule)]
    return sorted(found, key=lambda route: (route.endpoint in LAST, route.rule, route.method))


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


class Everybody:
    """Each kind of asker, for the API and for pages."""

    def __init__(self, app: Flask, platform: Any) -> None:
        """Let everybody in who may come in, and then end what is to have ended."""
        self._app, self._store = app, platform.store
        self._client = app.test_client()
        revoked, expired = (
            operations.create_token(platform, ADMIN, name, Role.ADMIN, ends) for name, ends in _made(platform)
        )
        self.headers: dict[str, Mapping[str, str]] = {"none": {}}
        self.headers |= {role: of_environment(role) for role in Role}
        self.headers |= {"revoked": bearer(revoked.text), "expired": bearer(expired.text)}
        self._browsers = {who: self._signed_in(who) for who in WHO}
        self._forms = {
            who: browser.token("/ui/account" if who != "none" else "/ui/sign-in")
            for who, browser in self._browsers.items()
        }
        operations.revoke_token(platform, ADMIN, revoked.token.id)
        redis, keys = platform.store.redis, platform.store.keys
        redis.hset(keys.token(expired.token.id), "expires_at", "1")

    def verdict(self, who: str, route: Route) -> str:
        """Send one request that says as little as it may, and return how it was received."""
        with self._ask(who, route) as answer:
            return _verdict(answer, route)

    def status(self, who: str, route: Route) -> int:
        """Return the status of the answer."""
        with self._ask(who, route) as answer:
            return answer.status_code

    def _ask(self, who: str, route: Route) -> TestResponse:
        if route.is_page:
            return self._ask_page(who, route)
        sent: dict[str, Any] = {} if route.method == "GET" else {"json": {}}
        return self._client.open(route.path, method=route.method, headers=self.headers[who], **sent)

    def _ask_page(self, who: str, route: Route) -> TestResponse:
        browser = self._browsers[who]
        form = {"csrf_token": self._forms[who]} if route.method != "GET" else None
        return browser.client.open(
            route.path, method=route.method, headers=FROM_HERE, data=form, environ_base=browser.environ
        )

    def _signed_in(self, who: str) -> Browsing:
        browser = Browsing(self._app)
        if who in list(Role):
            create(self._store, ADMIN.author(), who, who.ljust(12, "a"), Role(who), encoded())
            assert browser.sign_in(who).status_code == 303
        elif who != "none":
            token = self.headers[who]["Authorization"].removeprefix("Bearer ")
            assert browser.show_token(token).status_code == 303
        return browser


def _made(platform: Any) -> Iterable[tuple[str, Any]]:
    return (("revoked", None), ("expired", platform.store.now() + timedelta(hours=1)))


def _verdict(answer: TestResponse, route: Route) -> str:
    """Return how somebody was received. A fault of ours is none of the ways."""
    assert answer.status_code < 500 and answer.status_code != 429, (route.shown, answer.status_code)
    if route.endpoint.partition(".")[0] in SIGNING_IN:
        return "in"
    if answer.headers.get("Location", "").startswith("/ui/sign-in"):
        return "sign-in"
    return str(answer.status_code) if answer.status_code in (401, 403) else "in"


def lines(rows: Iterable[tuple[str, Iterable[str]]], who: Iterable[str]) -> list[str]:
    """Return a table of who is received how."""
    width = 66
    head = f"{'':<{width}}" + "".join(f"{one:<10}" for one in who)
    return [head.rstrip(), *(f"{name:<{width}}" + "".join(f"{one:<10}" for one in found) for name, found in rows)]
