"""An app that asks everybody who they are, on a real server, asked in the same process."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine import operations
from runners.engine.access.passwords import hashed
from runners.engine.access.uses import Uses
from runners.engine.operations import Actor, Role
from runners.engine.protocol.people import create
from runners.engine.protocol.refusals import Refusals
from runners.engine.settings import read
from tests.access.browsing import Browsing
from tests.planted import PASSWORD, ROLE_TOKENS
from webapp import create_app
from webapp.pages.reading import Snapshots
from webapp.polling import Parts
from webapp.recent_sessions import RecentSessions
from webapp.request_limit import RequestLimit
from webapp.token_limits import WrongTokens

AUTH = {"AUTH_ENABLED": "true", **{f"AUTH_{role.upper()}_TOKEN": text for role, text in ROLE_TOKENS.items()}}
ADMIN = Actor("tests", Role.ADMIN, "cli")


@pytest.fixture
def mode() -> str:
    """A real server; what it keeps is the same in every mode."""
    return "streams-redis7"


@pytest.fixture
def guarded(platform: Any, server_env: dict[str, str]) -> Any:
    """The platform with sign-in on, and a token of each role in its environment."""
    return replace(platform, settings=read(server_env | AUTH))


@pytest.fixture
def app(guarded: Any) -> Flask:
    """The whole app, with sign-in on: one for all tests, because making one takes longer than most of them."""
    if not _made:
        _made.append(create_app(guarded))
    found = _made[0]
    found.extensions["platform"] = guarded
    found.extensions["wrong_tokens"] = WrongTokens()
    found.extensions["refusals"] = Refusals(guarded.store)
    found.extensions["token_uses"] = Uses()
    found.extensions["request_limit"] = RequestLimit(guarded.settings.api_limit_per_min)
    found.extensions["snapshots"] = Snapshots()
    found.extensions["recent_sessions"] = RecentSessions()
    found.extensions["parts"] = Parts()
    return found


_made: list[Flask] = []


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that says nothing of itself."""
    return app.test_client()


@pytest.fixture
def configured(app: Flask, guarded: Any, server_env: dict[str, str]) -> Callable[..., FlaskClient]:
    """Return a client of the app as it is with more variables set."""

    def configure(**environ: str) -> FlaskClient:
        settings = read(server_env | AUTH | environ)
        app.extensions["platform"] = replace(guarded, settings=settings)
        app.extensions["request_limit"] = RequestLimit(settings.api_limit_per_min)
        return app.test_client()

    return configure


@pytest.fixture
def browser(app: Flask) -> Browsing:
    """A browser that is not signed in."""
    return Browsing(app)


@pytest.fixture
def ana(guarded: Any) -> operations.Person:
    """A person who may operate, with `PASSWORD`."""
    create(guarded.store, ADMIN.author(), "ana", "aaaaaaaaaaaa", Role.OPERATOR, encoded())
    return operations.get_person(guarded, ADMIN, "ana")


@cache
def encoded() -> str:
    """Return the hash of `PASSWORD`; it takes long to make, as it should."""
    return hashed(PASSWORD)


def signed_in(app: Flask, role: str, **more: str) -> Browsing:
    """Return a browser that is signed in with the environment's token of this role."""
    browser = Browsing(app, **more)
    assert browser.show_token(ROLE_TOKENS[role]).status_code == 303
    return browser


def bearer(text: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {text}"}


def of_environment(role: str) -> dict[str, str]:
    """Return the header that carries the environment's token of this role."""
    return bearer(AUTH[f"AUTH_{role.upper()}_TOKEN"])
